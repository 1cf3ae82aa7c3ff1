package dev.mlops.onnx.model;

import dev.mlops.api.content.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SHA-256 of files, kept in a directory as long as the system says the same of a file: its size, modification time and
 * number. A file that was modified just before it was read is read again, as it may change within one tick of its clock.
 */
final class KnownDigests {
    private static final Logger log = LoggerFactory.getLogger(KnownDigests.class);
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path directory;
    private final Clock clock;

    KnownDigests(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    Sha256 of(Path file) throws IOException {
        Path note = directory.resolve(Sha256.of(file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8))
                        .hex() + ".digest");
        Instant begun = clock.instant();
        BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
        String stamp = stamp(before);
        Sha256 known = read(note, stamp);
        if (known != null) {
            return known;
        }
        Sha256 digest = digest(file);
        boolean isSettled = before.lastModifiedTime().toInstant().plus(SETTLED).isBefore(begun)
                && stamp.equals(stamp(Files.readAttributes(file, BasicFileAttributes.class)));
        if (isSettled) {
            write(note, stamp + " " + digest.hex());
        }
        return digest;
    }

    private static String stamp(BasicFileAttributes file) {
        return "%d %s %s".formatted(file.size(), file.lastModifiedTime().toInstant(), Objects.hashCode(file.fileKey()));
    }

    /** Null if there is no note, or one of another file, or a damaged one. */
    private static @Nullable Sha256 read(Path note, String stamp) {
        try {
            String text = Files.readString(note);
            return text.startsWith(stamp + " ") ? new Sha256(text.substring(stamp.length() + 1)) : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private void write(Path note, String text) {
        Path written = directory.resolve("writing-" + UUID.randomUUID() + ".digest");
        try {
            Files.writeString(written, text);
            Files.move(written, note, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.warn("a digest could not be noted in {}", directory, e);
        }
    }

    private static Sha256 digest(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Sha256.ofDigest(digest.digest());
    }
}
