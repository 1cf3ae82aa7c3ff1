package dev.mlops.core.source;

import dev.mlops.core.file.ReadFailures;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Paths that are seldom looked at: kept one after the other, on disk beyond a few MiB. Confined to one thread. */
final class PathLog implements AutoCloseable {
    private static final int IN_MEMORY = 2 << 20;

    private final @Nullable Path staging;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private @Nullable Spill spill;

    private PathLog(@Nullable Path staging) {
        this.staging = staging;
    }

    static PathLog inMemory() {
        return new PathLog(null);
    }

    static PathLog in(Path staging) {
        return new PathLog(staging);
    }

    void add(String path) {
        try {
            out.writeUTF(path);
            if (staging != null && bytes.size() >= IN_MEMORY) {
                spill(staging);
            }
        } catch (IOException e) {
            throw ReadFailures.of("cannot put paths aside in " + staging, e);
        }
    }

    private void spill(Path folder) throws IOException {
        if (spill == null) {
            spill = Spill.createIn(folder);
        }
        spill.append(bytes.toByteArray(), bytes.size());
        bytes.reset();
    }

    /** The first path that is so. */
    Optional<String> find(Predicate<String> predicate) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(open()))) {
            long left = bytes.size() + (spill == null ? 0 : spill.length());
            while (left > 0) {
                String path = in.readUTF();
                if (predicate.test(path)) {
                    return Optional.of(path);
                }
                left -= 2 + utfLength(path);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw ReadFailures.of("cannot read the paths that were put aside in " + staging, e);
        }
    }

    private static int utfLength(String path) {
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            length += c >= 1 && c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        }
        return length;
    }

    private InputStream open() {
        InputStream tail = new ByteArrayInputStream(bytes.toByteArray());
        return spill == null ? tail : new SequenceInputStream(spill.open(0, spill.length()), tail);
    }

    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }
}
