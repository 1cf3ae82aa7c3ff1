package dev.mlops.core.checkout;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a directory held when the last checkout into it ended. It is kept as an extended attribute of the directory, where
 * no tool takes it for data, and where it goes with the directory. Where the file system has no such attributes or does
 * not say when a file's state was changed, there is no journal, and files are compared by their bytes.
 *
 * @param manifest the manifest that was checked out
 * @param query the digest of the query that said which of its files
 * @param at a time by the clock of the file system: all files were right then
 */
record Journal(Sha256 manifest, Sha256 query, Instant at) {
    private static final String ATTRIBUTE = "mlops.checkout";
    private static final String FORMAT = "1";
    private static final int MAX_LENGTH = 1024;

    static final Sha256 ALL = digest(FileQuery.ALL);

    static Sha256 digest(FileQuery query) {
        String text = "%s\0%s\0%s".formatted(query.prefix(), query.glob(), query.split());
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The journal of a directory, if it has one that can be used. */
    static Optional<Journal> of(Path directory) {
        try {
            UserDefinedFileAttributeView attributes =
                    Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
            if (attributes == null || !attributes.list().contains(ATTRIBUTE)) {
                return Optional.empty();
            }
            int size = attributes.size(ATTRIBUTE);
            ByteBuffer bytes = ByteBuffer.allocate(Math.min(size, MAX_LENGTH));
            attributes.read(ATTRIBUTE, bytes);
            return parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Optional<Journal> parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 4 || !parts[0].equals(FORMAT)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Journal(new Sha256(parts[1]), new Sha256(parts[2]), Instant.parse(parts[3])));
        } catch (InvalidInputException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Notes that all files that a query means are right now, if the file system can. */
    static void write(Path directory, Sha256 manifest, FileQuery query, Parts parts) {
        Path part = parts.in(directory);
        try {
            Files.newByteChannel(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
            Instant now;
            try {
                now = changed(part).toInstant();
            } finally {
                Files.deleteIfExists(part);
            }
            UserDefinedFileAttributeView attributes =
                    Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
            if (attributes != null) {
                String text = "%s %s %s %s".formatted(FORMAT, manifest, digest(query), now);
                attributes.write(ATTRIBUTE, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // The next checkout reads the files then.
        }
    }

    /** When a file's bytes, name or attributes were last changed; no program can set it. */
    static FileTime changed(Path file) throws IOException {
        return (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
    }
}
