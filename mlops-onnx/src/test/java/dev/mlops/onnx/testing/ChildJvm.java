package dev.mlops.onnx.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own for what could kill one, or needs one with other options. */
public final class ChildJvm {
    private final Process process;
    private final Path crashLog;

    private ChildJvm(Process process, Path crashLog) {
        this.process = process;
        this.crashLog = crashLog;
    }

    /** Starts the main method of a class on the class path of this JVM. */
    public static ChildJvm start(Class<?> program, List<String> options, String... arguments) throws IOException {
        Path crashLog = Files.createTempDirectory("child-jvm").resolve("crash.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED", "-XX:ErrorFile=" + crashLog, "-XX:-CreateCoredumpOnCrash"));
        command.addAll(options);
        command.add(program.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Not in the command line: ONNX Runtime crashes on a long one where another library starts it.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new ChildJvm(builder.start(), crashLog);
    }

    /** Waits for the end, which must be this exit code and no crash; gives what was printed. */
    public String awaitExit(int code) throws IOException, InterruptedException {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(process.exitValue()).as(output).isEqualTo(code);
            assertThat(crashLog).doesNotExist();
            return output;
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(crashLog);
            Files.deleteIfExists(crashLog.getParent());
        }
    }
}
