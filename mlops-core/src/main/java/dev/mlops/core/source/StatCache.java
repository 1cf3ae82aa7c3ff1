package dev.mlops.core.source;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.object.OldFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers for one directory what its files were when they were last published to one data set, so that those of which
 * the file system says that they are unchanged need not be read again. One use stands for one publish: it reads what the
 * one before left and writes what the next one finds, a file at a time, both in the order of the walk.
 *
 * <p>A file is believed to be unchanged only if size, both times and inode are equal and it had not been modified within
 * two seconds before the publish that read it, or after: a file that is modified twice within what the file system takes
 * for one moment looks the same before and after. Both moments are told by file systems, no clock of the host is asked.
 *
 * <p>The file is a help only: if it is missing, damaged, another's or cannot be written, files are read instead. Several
 * processes may use it at once; the last one to finish leaves its file. Looking up and noting may be done by different
 * threads, each by one at a time.
 */
public final class StatCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatCache.class);
    private static final byte[] MAGIC = "mlops-stat-2\n".getBytes(StandardCharsets.US_ASCII);
    private static final String UNFINISHED = ".tmp";
    private static final long RACY_NANOS = 2_000_000_000L;

    private final Path file;
    private final byte[] identity;
    private final StatCacheReader reader;
    private final Path written;
    private final long beganNanos;
    private final FileChannel channel;
    private final OutputStream out;
    private final RecordWriter records = new RecordWriter();
    private String lastType = "";
    private boolean isOver;

    private StatCache(Path file, byte[] identity, Path written) throws IOException {
        this.file = file;
        this.identity = identity;
        this.written = written;
        this.channel = FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.out = Channels.newOutputStream(channel);
        out.write(header(identity));
        out.write(new byte[StatCacheReader.PUBLISH]);
        this.beganNanos = Attributes.read(written).stamp().modifiedNanos();
        this.reader = StatCacheReader.open(file, header(identity));
    }

    /**
     * Begins a publish.
     *
     * @param directory where such files are kept
     * @param datasetId the data set
     * @param root the directory to be published
     * @return empty if the cache directory cannot be written
     */
    public static Optional<StatCache> open(Path directory, String datasetId, Path root) {
        String identity = datasetId + '\0' + root.toAbsolutePath().normalize();
        Sha256 name = Sha256.of(identity.getBytes(StandardCharsets.UTF_8));
        Path file = directory.resolve(name.hex() + ".stat");
        Path written = directory.resolve(name.hex() + "-" + UUID.randomUUID() + UNFINISHED);
        try {
            Files.createDirectories(directory);
            OldFiles.delete(directory, "*-*" + UNFINISHED);
            return Optional.of(new StatCache(file, name.hex().getBytes(StandardCharsets.US_ASCII), written));
        } catch (IOException e) {
            LOG.debug("no stat cache for {} in {}; all files are read", root, directory, e);
            return Optional.empty();
        }
    }

    private static byte[] header(byte[] identity) {
        byte[] header = new byte[MAGIC.length + identity.length];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        System.arraycopy(identity, 0, header, MAGIC.length, identity.length);
        return header;
    }

    /**
     * True if a walk finds the files of the last publish, all of them unchanged, and no others. Does not disturb {@link
     * #find}.
     *
     * @param publish what {@link #commit} was told of that publish
     * @param walk is gone through up to the first difference
     * @param files how many files were published
     * @param bytes how many bytes they had
     */
    public boolean knows(Sha256 publish, SourceFiles walk, long files, long bytes, Cancellation cancellation) {
        long filesLeft = files;
        long bytesLeft = bytes;
        try (StatCacheReader known = StatCacheReader.open(file, header(identity))) {
            if (!known.publish().equals(Optional.of(publish))) {
                return false;
            }
            while (walk.hasNext()) {
                cancellation.check("the publish");
                SourceFile next = walk.next();
                if (!known.isNext(next.path(), next.stamp().orElse(null))) {
                    return false;
                }
                filesLeft--;
                bytesLeft -= next.sizeHint();
            }
            return filesLeft == 0 && bytesLeft == 0;
        }
    }

    /**
     * What a file was, if it seems to be unchanged; to be asked in the order of the paths.
     *
     * @param stamp what the file system says of it now
     */
    public Optional<KnownFile> find(String path, FileStamp stamp) {
        return reader.find(path, stamp);
    }

    /**
     * Notes a file for the next publish; to be called in the order of the paths, for those found unchanged too.
     *
     * @param stamp what the file system said of it before it was read and after
     */
    public void note(String path, FileStamp stamp, KnownFile known) {
        if (isOver || stamp.latestNanos() > beganNanos - RACY_NANOS) {
            return;
        }
        records.path(path);
        records.number(stamp.size());
        records.signed(stamp.modifiedNanos());
        records.signed(stamp.changedNanos() - stamp.modifiedNanos());
        records.number(stamp.inode());
        records.digest(known.sha256());
        records.text(known.mediaType().equals(lastType) ? "" : known.mediaType());
        KnownFile.write(known.facts(), records);
        lastType = known.mediaType();
        if (records.size() >= Blocks.FULL) {
            write();
        }
    }

    private void write() {
        try {
            lastType = "";
            Blocks.write(records, out);
        } catch (IOException e) {
            LOG.debug("cannot write the stat cache {}", written, e);
            close();
        }
    }

    /**
     * To be called once the publish has succeeded: the next one finds what was noted.
     *
     * @param publish stands for what was published and how
     */
    public void commit(Sha256 publish) {
        if (isOver) {
            return;
        }
        try {
            if (records.size() > 0) {
                Blocks.write(records, out);
            }
            byte[] digest = HexFormat.of().parseHex(publish.hex());
            channel.write(ByteBuffer.wrap(digest), header(identity).length);
            out.close();
            reader.close();
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.debug("cannot write the stat cache {}", file, e);
        }
        close();
    }

    /** Ends it; what was noted is forgotten unless it was committed. Idempotent. */
    @Override
    public void close() {
        isOver = true;
        reader.close();
        try {
            out.close();
            Files.deleteIfExists(written);
        } catch (IOException e) {
            LOG.debug("cannot clear {} away", written, e);
        }
    }

    @Override
    public String toString() {
        return "stat cache " + new String(identity, StandardCharsets.US_ASCII);
    }
}
