package dev.mlops.benchmarks.onnx;

import dev.mlops.onnx.model.OnnxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a measurement runs on. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path STATUS = Path.of("/proc/self/status");

    private Machine() {}

    /** The JDK, the processor, and the version of ONNX Runtime, in one line. */
    static String describe() {
        return "%s %s, %s, %d processors, %s %s, ONNX Runtime %s"
                .formatted(
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version"),
                        field(CPU_INFO, "model name").orElse(System.getProperty("os.arch")),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        OnnxModel.runtimeVersion());
    }

    /** The resident set of this process in KiB, after a collection of garbage; on Linux only. */
    static long residentKib() {
        System.gc();
        String resident = field(STATUS, "VmRSS")
                .orElseThrow(() -> new IllegalStateException("needs " + STATUS + ", which Linux has"));
        return Long.parseLong(resident.replaceAll("\\D", ""));
    }

    private static Optional<String> field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
