package dev.mlops.core.source;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.core.file.PathOrder;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the file of a {@link StatCache} beside a walk; knows nothing more once it meets damage. Confined to one thread. */
final class StatCacheReader implements AutoCloseable {
    /** So many bytes after the header stand for the publish that was remembered. */
    static final int PUBLISH = 32;

    private static final Logger LOG = LoggerFactory.getLogger(StatCacheReader.class);

    private final Path file;
    private final RecordReader records = new RecordReader();
    private final Map<String, String> types = new HashMap<>();
    private @Nullable InputStream in;
    private @Nullable Entry next;
    private @Nullable Sha256 publish;
    private String lastType = "";

    /** What is known of a file is made of it only if somebody asks. */
    private static final class Entry {
        private final String path;
        private final FileStamp stamp;
        private final byte[] digest;
        private final String type;
        private final MediaFacts facts;

        Entry(String path, FileStamp stamp, byte[] digest, String type, MediaFacts facts) {
            this.path = path;
            this.stamp = stamp;
            this.digest = digest;
            this.type = type;
            this.facts = facts;
        }

        KnownFile known() {
            return new KnownFile(Sha256.ofDigest(digest), type, facts);
        }
    }

    private StatCacheReader(Path file) {
        this.file = file;
    }

    static StatCacheReader open(Path file, byte[] header) {
        StatCacheReader reader = new StatCacheReader(file);
        try {
            reader.begin(header);
        } catch (NoSuchFileException firstTime) {
            reader.close();
        } catch (IOException e) {
            reader.giveUp(e);
        }
        return reader;
    }

    private void begin(byte[] header) throws IOException {
        in = new BufferedInputStream(Files.newInputStream(file), Blocks.FULL);
        if (!Arrays.equals(in.readNBytes(header.length), header)) {
            throw new IOException("it is of another version or for another directory");
        }
        byte[] digest = in.readNBytes(PUBLISH);
        if (digest.length < PUBLISH) {
            throw new EOFException("it ends early");
        }
        publish = Sha256.ofDigest(digest);
        advance();
    }

    /** Stands for the publish that was remembered; empty if none was. */
    Optional<Sha256> publish() {
        return Optional.ofNullable(publish);
    }

    /** True if this file, unchanged, is the one that comes next; steps over it then. */
    boolean isNext(String path, @Nullable FileStamp stamp) {
        if (next == null || !next.stamp.equals(stamp) || !next.path.equals(path)) {
            return false;
        }
        try {
            advance();
        } catch (IOException e) {
            giveUp(e);
        }
        return true;
    }

    Optional<KnownFile> find(String path, FileStamp stamp) {
        try {
            while (next != null) {
                int order = next.path.equals(path) ? 0 : PathOrder.BY_CODE_POINT.compare(next.path, path);
                if (order >= 0) {
                    return order == 0 && next.stamp.equals(stamp) ? Optional.of(next.known()) : Optional.empty();
                }
                advance();
            }
        } catch (IOException e) {
            giveUp(e);
        }
        return Optional.empty();
    }

    private void advance() throws IOException {
        next = null;
        if (in == null) {
            return;
        }
        if (!records.hasMore()) {
            lastType = "";
            if (!Blocks.read(in, records)) {
                close();
                return;
            }
        }
        next = read();
    }

    private Entry read() throws IOException {
        String path = records.path();
        long size = records.number();
        long modified = records.signed();
        long changed = modified + records.signed();
        FileStamp stamp = new FileStamp(size, modified, changed, records.number());
        byte[] digest = records.digest();
        String type = records.text();
        MediaFacts facts = KnownFile.readFacts(records);
        if (!type.isEmpty()) {
            lastType = types.computeIfAbsent(type, same -> same);
        }
        return new Entry(path, stamp, digest, lastType, facts);
    }

    private void giveUp(IOException e) {
        LOG.debug("the stat cache {} is of no use; files are read instead", file, e);
        close();
    }

    @Override
    public void close() {
        next = null;
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            LOG.debug("cannot close {}", file, e);
        }
        in = null;
    }
}
