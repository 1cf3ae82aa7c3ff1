package dev.mlops.core.cache;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;

/** Files whose bytes are checked against a digest. */
final class VerifiedFile {
    private static final int BUFFER = 256 * 1024;

    private VerifiedFile() {}

    /** Writes a new, read-only file. */
    static void write(Path file, Sha256 digest, long size, FileCache.Writer content) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Checked checked = new Checked(out, size)) {
            content.writeTo(checked);
            checked.check(digest);
        }
        makeReadOnly(file);
    }

    private static void makeReadOnly(Path file) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix != null) {
            posix.setPermissions(PosixFilePermissions.fromString("r--r--r--"));
        }
    }

    static boolean isIntact(Path file, Sha256 digest) throws IOException {
        MessageDigest sha256 = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
            }
        }
        return Sha256.ofDigest(sha256.digest()).equals(digest);
    }

    /** Refuses bytes past the size before they are written. */
    private static final class Checked extends OutputStream {
        private final OutputStream out;
        private final long size;
        private final MessageDigest sha256 = Sha256.newDigest();
        private long count;

        Checked(OutputStream out, long size) {
            this.out = out;
            this.size = size;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            count += length;
            if (count > size) {
                throw new IntegrityException(
                        "content to be cached has more than the %d bytes it should have".formatted(size));
            }
            sha256.update(bytes, offset, length);
            out.write(bytes, offset, length);
        }

        void check(Sha256 digest) {
            Sha256 found = Sha256.ofDigest(sha256.digest());
            if (count != size || !found.equals(digest)) {
                throw new IntegrityException(
                        "content to be cached has %d bytes with SHA-256 %s, but should have %d with %s"
                                .formatted(count, found, size, digest));
            }
        }
    }
}
