package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes files, each under a temporary name in its folder that is then moved to its own: it appears whole or not at all.
 * Not synced, because what a crash of the machine takes away the next checkout brings back. Thread-safe.
 */
final class FileWriter {
    private static final int BUFFER = 1024 * 1024;
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final String version;
    private final Parts parts;
    private final boolean keepsTimes;
    private final Tally tally;
    private final Cancellation cancellation;
    private final @Nullable CacheLinks cache;
    private volatile @Nullable IntegrityException lastDamage;
    private final Queue<byte[]> buffers = new ConcurrentLinkedQueue<>();

    FileWriter(
            String version,
            Parts parts,
            boolean keepsTimes,
            Tally tally,
            Cancellation cancellation,
            @Nullable CacheLinks cache) {
        this.version = version;
        this.parts = parts;
        this.keepsTimes = keepsTimes;
        this.tally = tally;
        this.cancellation = cancellation;
        this.cache = cache;
    }

    /** Writes a content to all files that have it. */
    void write(Pending first, long size, InputStream bytes) {
        checkSize(first.entry(), size);
        byte[] buffer = buffers.poll();
        buffer = buffer == null ? new byte[BUFFER] : buffer;
        writeLarge(first, bytes, buffer);
        buffers.add(buffer);
    }

    /** Writes a content that is in memory to all files that have it. */
    void write(Pending first, byte[] bytes, int offset, int size) {
        checkSize(first.entry(), size);
        if (cache != null
                && cache.takes(first.entry())
                && cache.addAndLink(first, out -> out.write(bytes, offset, size))) {
            return;
        }
        for (Pending file = first; file != null; file = file.same()) {
            place(file, out -> write(out, bytes, offset, size));
        }
    }

    private void checkSize(FileEntry entry, long size) {
        if (size != entry.size()) {
            throw damaged(entry, "it has %d bytes in place of %d".formatted(size, entry.size()), null);
        }
    }

    private void writeLarge(Pending first, InputStream bytes, byte[] buffer) {
        FileEntry entry = first.entry();
        if (cache != null && cache.takes(entry)) {
            if (!cache.addAndLink(first, out -> pour(entry, bytes, buffer, n -> out.write(buffer, 0, n)))) {
                for (Pending file = first; file != null; file = file.same()) {
                    place(file, out -> copy(cache.open(entry), out));
                }
            }
            return;
        }
        place(first, out -> pour(entry, bytes, buffer, n -> write(out, buffer, 0, n)));
        for (Pending file = first.same(); file != null; file = file.same()) {
            place(file, out -> copy(FileChannel.open(first.file(), StandardOpenOption.READ), out));
        }
    }

    /** Takes the first bytes of the buffer. */
    @FunctionalInterface
    private interface Pouring {
        void take(int length) throws IOException;
    }

    private void pour(FileEntry entry, InputStream bytes, byte[] buffer, Pouring into) throws IOException {
        long poured = 0;
        for (int n = read(entry, bytes, buffer, BUFFER); n > 0; n = read(entry, bytes, buffer, BUFFER)) {
            cancellation.check("writing file '" + entry.path() + "'");
            poured += n;
            if (poured <= entry.size()) {
                into.take(n);
            }
        }
        if (poured != entry.size()) {
            throw damaged(entry, "it has %d bytes in place of %d".formatted(poured, entry.size()), null);
        }
    }

    private void copy(FileChannel from, FileChannel out) throws IOException {
        try (from) {
            long size = from.size();
            for (long at = 0; at < size; ) {
                cancellation.check("copying a file");
                at += from.transferTo(at, Math.min(size - at, 8 * BUFFER), out);
            }
        }
    }

    private int read(FileEntry entry, InputStream bytes, byte[] buffer, int length) {
        try {
            return bytes.readNBytes(buffer, 0, length);
        } catch (IOException e) {
            MlopsException failure = ReadFailures.of("cannot read the bytes of file '" + entry.path() + "'", e);
            throw failure instanceof IntegrityException
                    ? damaged(entry, String.valueOf(failure.getMessage()), failure)
                    : failure;
        }
    }

    private static void write(FileChannel out, byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    IntegrityException damaged(FileEntry entry, String how, @Nullable Throwable cause) {
        IntegrityException failure =
                new IntegrityException("file '%s' of %s is damaged: %s".formatted(entry.path(), version, how), cause);
        lastDamage = failure;
        return failure;
    }

    /** True if a failure says already which file is damaged. */
    boolean hasNamed(IntegrityException failure) {
        return failure == lastDamage;
    }

    /** Gives a file its bytes. */
    @FunctionalInterface
    private interface Fill {
        void fill(FileChannel out) throws IOException;
    }

    private void place(Pending pending, Fill fill) {
        Path file = pending.file();
        Path part = parts.in(pending.folder());
        try {
            boolean moved = false;
            try {
                try (FileChannel out = FileChannel.open(part, NEW, NO_ATTRIBUTES)) {
                    fill.fill(out);
                }
                setTime(part, pending.entry());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                moved = true;
            } finally {
                if (!moved) {
                    Files.deleteIfExists(part);
                }
            }
        } catch (IOException e) {
            throw ReadFailures.of("cannot write file " + file, e);
        }
        pending.done();
        tally.written(pending.entry().size());
    }

    /** With both times given the JDK need not ask for the one that stays. */
    private void setTime(Path part, FileEntry entry) throws IOException {
        if (keepsTimes && entry.modifiedAt() != null) {
            FileTime time = FileTime.from(entry.modifiedAt());
            Files.getFileAttributeView(part, BasicFileAttributeView.class).setTimes(time, time, null);
        }
    }
}
