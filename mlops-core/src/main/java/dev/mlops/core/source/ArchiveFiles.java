package dev.mlops.core.source;

import com.github.luben.zstd.ZstdInputStream;
import dev.mlops.api.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Opens archives: zip, tar, and tar packed by gzip or zstd, told apart by their first bytes. */
public final class ArchiveFiles {
    private static final int BUFFER = 64 * 1024;
    private static final int TAR_HEADER = 512;
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] EMPTY_ZIP = {'P', 'K', 5, 6};
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private ArchiveFiles() {}

    /**
     * Opens an archive on disk.
     *
     * @throws InvalidInputException if it is none
     */
    public static SourceFiles open(Path archive, ArchiveOptions options) throws IOException {
        if (!Files.isRegularFile(archive)) {
            throw new InvalidInputException("archive", archive, "does not exist or is no regular file");
        }
        InputStream in = Files.newInputStream(archive);
        try {
            BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
            if (isZip(peek(buffered))) {
                in.close();
                return ZipFiles.open(archive, options);
            }
            return tar(archive.toString(), buffered, options);
        } catch (IOException | RuntimeException | Error e) {
            in.close();
            throw e;
        }
    }

    /**
     * Opens an archive that comes from a stream, which is read to its end and not closed. A zip is put aside on disk
     * first, for its directory is at its end.
     *
     * @param archive what it is, for messages
     */
    public static SourceFiles open(String archive, InputStream in, ArchiveOptions options) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER) {
            @Override
            public void close() {}
        };
        return isZip(peek(buffered)) ? stagedZip(archive, buffered, options) : tar(archive, buffered, options);
    }

    private static byte[] peek(BufferedInputStream in) throws IOException {
        in.mark(TAR_HEADER);
        byte[] head = in.readNBytes(TAR_HEADER);
        in.reset();
        return head;
    }

    private static boolean isZip(byte[] head) {
        return startsWith(head, ZIP) || startsWith(head, EMPTY_ZIP);
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }

    private static SourceFiles stagedZip(String archive, InputStream in, ArchiveOptions options) throws IOException {
        Spill spill = Spill.createIn(options.staging());
        try {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                spill.append(buffer, n);
                if (spill.length() > options.limits().bytes()) {
                    throw new InvalidInputException(
                            "archive",
                            archive,
                            "is larger than " + options.limits().bytes() + " bytes");
                }
            }
            return ZipFiles.open(archive, spill.channel(), options);
        } catch (IOException | RuntimeException | Error e) {
            spill.close();
            throw e;
        }
    }

    private static SourceFiles tar(String archive, InputStream in, ArchiveOptions options) throws IOException {
        CountedStream raw = new CountedStream(in);
        BufferedInputStream counted = new BufferedInputStream(raw, BUFFER);
        BufferedInputStream unpacked = new BufferedInputStream(unpack(archive, counted), BUFFER);
        if (!isTar(peekUnpacked(archive, unpacked, raw))) {
            throw new InvalidInputException("archive", archive, "is no zip, tar, tar.gz or tar.zst");
        }
        return new TarFiles(archive, raw, unpacked, options);
    }

    private static InputStream unpack(String archive, BufferedInputStream in) throws IOException {
        byte[] head = peek(in);
        try {
            if (startsWith(head, GZIP)) {
                return GzipCompressorInputStream.builder()
                        .setInputStream(in)
                        .setDecompressConcatenated(true)
                        .get();
            }
            return startsWith(head, ZSTD) ? new ZstdInputStream(in) : in;
        } catch (IOException e) {
            throw damaged(archive, e);
        }
    }

    private static byte[] peekUnpacked(String archive, BufferedInputStream in, CountedStream raw) throws IOException {
        try {
            return peek(in);
        } catch (IOException e) {
            if (raw.failure() != null) {
                throw e;
            }
            throw damaged(archive, e);
        }
    }

    private static InvalidInputException damaged(String archive, IOException e) {
        return new InvalidInputException("archive", archive, "is truncated or damaged: " + e.getMessage(), e);
    }

    /** A header with a right checksum, or the zeros with which an empty tar begins. */
    private static boolean isTar(byte[] head) {
        if (head.length < TAR_HEADER) {
            return false;
        }
        try {
            return Arrays.equals(head, new byte[TAR_HEADER]) || TarUtils.verifyCheckSum(head);
        } catch (IllegalArgumentException noChecksumAtAll) {
            return false;
        }
    }
}
