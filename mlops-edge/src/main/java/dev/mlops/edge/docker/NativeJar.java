package dev.mlops.edge.docker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes ONNX Runtime's native libraries out of its jar. In a container with a read-only root the jar could not unpack
 * them, and those of other platforms are most of its size.
 */
final class NativeJar {
    private static final String NATIVES = "ai/onnxruntime/native/";

    private NativeJar() {}

    /** The jar itself if it has no native libraries; else {@code target} without them, and this machine's in {@code natives}. */
    static Path slimmed(Path jar, Path target, Path natives) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.stream().noneMatch(entry -> entry.getName().startsWith(NATIVES))) {
                return jar;
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
                Enumeration<? extends ZipEntry> entries = zip.entries();
                while (entries.hasMoreElements()) {
                    sort(zip, entries.nextElement(), out, natives);
                }
            }
            return target;
        }
    }

    private static void sort(ZipFile zip, ZipEntry entry, ZipOutputStream out, Path natives) throws IOException {
        String name = entry.getName();
        try (InputStream in = zip.getInputStream(entry)) {
            if (!name.startsWith(NATIVES)) {
                out.putNextEntry(new ZipEntry(name));
                in.transferTo(out);
                out.closeEntry();
            } else if (name.startsWith(NATIVES + platform() + "/") && name.endsWith(".so")) {
                Path library = natives.resolve(name.substring(name.lastIndexOf('/') + 1));
                Files.copy(in, library);
            }
        }
    }

    private static String platform() {
        return System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x64";
    }
}
