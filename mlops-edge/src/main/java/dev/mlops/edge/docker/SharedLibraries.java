package dev.mlops.edge.docker;

import dev.mlops.api.error.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The shared libraries of this machine that programs need: the C library, its loader, libstdc++ and the like, as {@code
 * ldd} tells them. This is the one part of an image that can be made on Linux only.
 */
final class SharedLibraries {
    private static final Pattern RESOLVED = Pattern.compile("(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");
    private static final Pattern MISSING = Pattern.compile("(\\S+) => not found");

    private SharedLibraries() {}

    /** Where the libraries are on this machine, without those that are shipped beside the programs. */
    static Set<Path> of(List<Path> programs) {
        Set<String> shipped = programs.stream().map(SharedLibraries::name).collect(Collectors.toSet());
        Set<Path> libraries = new TreeSet<>();
        for (Path program : programs) {
            LocalTool.run(List.of("ldd", program.toString()))
                    .lines()
                    .forEach(line -> read(line.strip(), program, shipped, libraries));
        }
        return libraries;
    }

    private static void read(String line, Path program, Set<String> shipped, Set<Path> libraries) {
        Matcher missing = MISSING.matcher(line);
        if (missing.matches() && !shipped.contains(name(Path.of(missing.group(1))))) {
            throw new UnavailableException(
                    "%s needs %s, which this machine does not have".formatted(program, missing.group(1)));
        }
        Matcher resolved = RESOLVED.matcher(line);
        if (resolved.matches()) {
            Path library = Path.of(resolved.group(1));
            if (!shipped.contains(name(library)) && Files.exists(library)) {
                libraries.add(library);
            }
        }
    }

    /** Without a version: {@code libonnxruntime.so.1} is the name that {@code libonnxruntime.so} has once it is loaded. */
    private static String name(Path library) {
        String file = library.getFileName().toString();
        int end = file.indexOf(".so");
        return end < 0 ? file : file.substring(0, end);
    }
}
