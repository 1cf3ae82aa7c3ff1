package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.content.ContentSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The files in a zip, read by its central directory. Everything in it is hostile until checked: names when it is opened,
 * amounts while it is read, sizes and checksums at the end of each entry.
 */
final class ZipFiles implements FileSet {
    private static final String ENTRY = "zip entry";

    private final Path path;
    private final ZipFile zip;
    private final ImportLimits limits;
    private final ZipBudget budget;
    private final List<NamedContent> files = new ArrayList<>();

    private ZipFiles(Path path, ZipFile zip, ImportLimits limits) throws IOException {
        this.path = path;
        this.zip = zip;
        this.limits = limits;
        this.budget = new ZipBudget(limits, Files.size(path));
    }

    static ZipFiles open(Path path, ImportLimits limits) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new InvalidInputException("zip", path, "does not exist or is no regular file");
        }
        ZipFile zip = openZip(path, limits);
        try {
            ZipFiles files = new ZipFiles(path, zip, limits);
            files.takeEntries();
            return files;
        } catch (IOException | RuntimeException | Error e) {
            zip.close();
            throw e;
        }
    }

    private static ZipFile openZip(Path path, ImportLimits limits) throws IOException {
        DirectoryLimitChannel channel = new DirectoryLimitChannel(FileChannel.open(path), path, limits);
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
            throw new InvalidInputException("zip", path, "is no whole zip archive: " + e.getMessage(), e);
        }
    }

    private void takeEntries() throws IOException {
        FilePaths paths = new FilePaths(ENTRY, limits.files());
        long declared = 0;
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            checkName(entry);
            if (!entry.isDirectory()) {
                checkKind(entry);
                declared += entry.getSize();
                budget.checkDeclared(entry, declared);
                ZipEntryStream.locate(zip, entry);
                files.add(new NamedContent(paths.add(entry.getName()), new Entry(entry)));
            }
        }
        if (files.isEmpty()) {
            throw new InvalidInputException("zip", path, "holds no files");
        }
    }

    /** The raw name too: the parser turns backslashes of some archives into slashes. */
    private void checkName(ZipArchiveEntry entry) {
        for (byte one : entry.getRawName()) {
            if (one == '\\') {
                throw new InvalidInputException(ENTRY, entry.getName(), "must not contain a backslash");
            }
        }
        if (entry.isDirectory()) {
            String name = entry.getName();
            new FilePaths(ENTRY, 1).add(name.substring(0, name.length() - 1));
        }
    }

    private void checkKind(ZipArchiveEntry entry) {
        int type = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
        if (type == UnixStat.LINK_FLAG) {
            throw new InvalidInputException(ENTRY, entry.getName(), "is a symbolic link; put the file itself there");
        }
        if (type != 0 && type != UnixStat.FILE_FLAG) {
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
    public List<NamedContent> files() {
        return files;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private final class Entry implements ContentSource {
        private final ZipArchiveEntry entry;

        Entry(ZipArchiveEntry entry) {
            this.entry = entry;
        }

        @Override
        public String name() {
            return entry.getName() + " in " + path;
        }

        @Override
        public InputStream open() throws IOException {
            return ZipEntryStream.open(zip, entry, budget);
        }

        @Override
        public long sizeHint() {
            return entry.getSize();
        }
    }
}
