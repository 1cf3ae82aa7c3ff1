package dev.mlops.core.cache;

import dev.mlops.api.content.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a cached file says of it: everything, so that finding, checking and evicting need no other file.
 * Using a file gives it another name; that is one atomic step, and who evicts it at the same time fails or has it first.
 *
 * @param digest of the bytes
 * @param size bytes when it was added
 * @param modified its modification time when it was added, in nanoseconds of the epoch
 * @param used when it was used last, in seconds of the epoch
 */
record CacheEntry(Sha256 digest, long size, long modified, long used) {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})_(\\d{1,18})_(-?\\d{1,19})_(\\d{1,12})");
    private static final int SHARD = 3;

    /** The entry of a file that was just written. */
    static CacheEntry of(Path file, Sha256 digest, long used) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new CacheEntry(digest, attributes.size(), nanos(attributes), used);
    }

    /** Reads a file name; empty if it is none of ours. */
    static Optional<CacheEntry> parse(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CacheEntry(
                    new Sha256(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3)),
                    Long.parseLong(matcher.group(4))));
        } catch (NumberFormatException tooLargeToBeOurs) {
            return Optional.empty();
        }
    }

    /** The entries in a folder, in no order; none if there is no such folder. */
    static List<CacheEntry> in(Path shard) throws IOException {
        List<CacheEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(shard)) {
            for (Path name : names) {
                parse(String.valueOf(name.getFileName())).ifPresent(entries::add);
            }
        } catch (NoSuchFileException | NotDirectoryException noShard) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    static Path shard(Path files, Sha256 digest) {
        return files.resolve(digest.hex().substring(0, SHARD));
    }

    Path path(Path files) {
        return shard(files, digest).resolve("%s_%d_%d_%d".formatted(digest.hex(), size, modified, used));
    }

    CacheEntry usedAt(long time) {
        return new CacheEntry(digest, size, modified, time);
    }

    /** False if someone wrote to the file since it was added, or a crash of the machine took a part of it. */
    boolean isIntact(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return found.isRegularFile() && found.size() == size && nanos(found) == modified;
    }

    private static long nanos(BasicFileAttributes attributes) {
        return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    }
}
