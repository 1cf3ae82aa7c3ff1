package dev.mlops.onnx.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What kind of processor this is: an optimized model is laid out for what it can do. */
final class Processor {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** The same for processors that can do the same. */
    static String description() {
        return Known.DESCRIPTION;
    }

    private static final class Known {
        static final String DESCRIPTION =
                "%s %s %s".formatted(System.getProperty("os.name"), System.getProperty("os.arch"), features());
    }

    /** What Linux lists for x86 and for ARM; nothing elsewhere. */
    private static String features() {
        try {
            if (Files.isReadable(CPU_INFO)) {
                List<String> lines = Files.readAllLines(CPU_INFO, StandardCharsets.ISO_8859_1);
                return lines.stream()
                        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                        .findFirst()
                        .orElse("");
            }
        } catch (IOException e) {
            return "";
        }
        return "";
    }
}
