package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The files in a zip, read by its central directory, in the order in which they lie in it. Everything in it is hostile
 * until checked: names when it is opened, amounts while it is read, sizes and checksums at the end of each entry. Its
 * files can be read by several threads, in any order.
 */
public final class ZipFiles implements SourceFiles {
    private static final String ENTRY = "zip entry";
    private static final int MAX_TARGET = 4096;

    private final String archive;
    private final ZipFile zip;
    private final ArchiveBudget budget;
    private final Iterator<SourceFile> files;

    private ZipFiles(String archive, ZipFile zip, long size, ArchiveOptions options) throws IOException {
        this.archive = archive;
        this.zip = zip;
        this.budget = new ArchiveBudget(ENTRY, options.limits(), () -> size);
        try (ArchiveNames names = new ArchiveNames(ENTRY, options, budget)) {
            this.files = take(names).iterator();
        }
    }

    /**
     * Opens a zip.
     *
     * @throws InvalidInputException if it is none, or one that cannot be trusted
     */
    public static ZipFiles open(Path path, ArchiveOptions options) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new InvalidInputException("zip", path, "does not exist or is no regular file");
        }
        return open(path.toString(), FileChannel.open(path), options);
    }

    /** Opens a zip from a channel, which is closed with it. */
    static ZipFiles open(String archive, SeekableByteChannel channel, ArchiveOptions options) throws IOException {
        ZipFile zip = openZip(archive, channel, options.limits());
        try {
            return new ZipFiles(archive, zip, channel.size(), options);
        } catch (IOException | RuntimeException | Error e) {
            zip.close();
            throw e;
        }
    }

    private static ZipFile openZip(String archive, SeekableByteChannel bytes, ArchiveLimits limits) throws IOException {
        DirectoryLimitChannel channel = new DirectoryLimitChannel(bytes, archive, limits);
        try {
            ZipFile zip = ZipFile.builder()
                    .setSeekableByteChannel(channel)
                    .setIgnoreLocalFileHeader(true)
                    .get();
            channel.opened();
            return zip;
        } catch (InvalidInputException | FileSystemException e) {
            channel.close();
            throw e;
        } catch (IOException | RuntimeException e) { // the parser throws many things at garbage
            channel.close();
            throw new InvalidInputException("zip", archive, "is no whole zip archive: " + e.getMessage(), e);
        }
    }

    private List<SourceFile> take(ArchiveNames names) throws IOException {
        List<SourceFile> found = new ArrayList<>();
        long declared = 0;
        for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
            checkRawName(entry);
            if (entry.isDirectory()) {
                names.takeFolder(entry.getName(), modifiedAt(entry));
            } else {
                declared += entry.getSize();
                SourceFile file = isLink(entry) ? link(entry, names) : file(entry, names, declared);
                if (file != null) {
                    found.add(file);
                }
            }
        }
        found.addAll(names.emptyFolders());
        return found;
    }

    private @Nullable SourceFile file(ZipArchiveEntry entry, ArchiveNames names, long declared) throws IOException {
        if (!names.takeFile(entry.getName())) {
            return null;
        }
        checkReadable(entry);
        budget.checkDeclared(entry.getName(), entry.getSize(), declared);
        ZipEntryStream.locate(zip, entry);
        return SourceFile.of(
                entry.getName(),
                () -> ZipEntryStream.open(zip, entry, budget),
                entry.getSize(),
                SourceFile.Reading.ONCE,
                modifiedAt(entry));
    }

    private @Nullable SourceFile link(ZipArchiveEntry entry, ArchiveNames names) throws IOException {
        if (!names.takeLink(entry.getName())) {
            return null;
        }
        checkReadable(entry);
        ZipEntryStream.locate(zip, entry);
        try (InputStream in = ZipEntryStream.open(zip, entry, budget)) {
            byte[] target = in.readNBytes(MAX_TARGET + 1);
            if (target.length > MAX_TARGET) {
                throw new InvalidInputException(ENTRY, entry.getName(), "is a link to a name that is too long");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(target))
                    .toString();
            names.checkTarget(entry.getName(), text);
            return SourceFile.ofLink(entry.getName(), text, modifiedAt(entry));
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(ENTRY, entry.getName(), "is a link to a name that is no UTF-8", e);
        }
    }

    private static @Nullable Instant modifiedAt(ZipArchiveEntry entry) {
        FileTime time = entry.getLastModifiedTime();
        return time == null ? null : Instant.ofEpochMilli(time.toMillis());
    }

    /** The parser turns the backslashes of some archives into slashes. */
    private static void checkRawName(ZipArchiveEntry entry) {
        for (byte one : entry.getRawName()) {
            if (one == '\\') {
                throw new InvalidInputException(ENTRY, entry.getName(), "must not contain a backslash");
            }
        }
    }

    private static boolean isLink(ZipArchiveEntry entry) {
        return (entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG) == UnixStat.LINK_FLAG;
    }

    private void checkReadable(ZipArchiveEntry entry) {
        int type = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
        if (type != 0 && type != UnixStat.FILE_FLAG && type != UnixStat.LINK_FLAG) {
            throw new InvalidInputException(ENTRY, entry.getName(), "is no regular file");
        }
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw new InvalidInputException(ENTRY, entry.getName(), "is encrypted");
        }
        if (!zip.canReadEntryData(entry)) {
            throw new InvalidInputException(
                    ENTRY, entry.getName(), "is compressed by method " + entry.getMethod() + "; use deflate or store");
        }
    }

    @Override
    public Order order() {
        return Order.DISTINCT;
    }

    @Override
    public boolean hasNext() {
        return files.hasNext();
    }

    @Override
    public SourceFile next() {
        return files.next();
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw ReadFailures.of("cannot close zip " + archive, e);
        }
    }
}
