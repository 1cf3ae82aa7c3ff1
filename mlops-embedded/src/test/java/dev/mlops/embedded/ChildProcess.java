package dev.mlops.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of processes that open a store and begin soon. */
final class ChildProcess {
    private ChildProcess() {}

    /** Runs the main method of a class on the class path of this JVM, with a store and more arguments. */
    static List<String> command(Class<?> program, List<String> options, Path home, List<String> args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName(), home.toString()));
        command.addAll(args);
        return command;
    }
}
