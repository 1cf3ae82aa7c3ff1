package dev.mlops.core.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MimeTypes;

/** Tells the media type of a file from its name and its first bytes, by Apache Tika's registry. Thread-safe. */
public final class MediaTypes {
    /** How many of a file's first bytes are looked at, at most. */
    static final int HEAD = 8 * 1024;

    private static final MimeTypes TYPES = MimeTypes.getDefaultMimeTypes();

    private MediaTypes() {}

    /**
     * Tells a media type.
     *
     * @param path the file's path with {@code /}; only its last part counts
     * @param head the file's first bytes, or more of them
     * @return such as {@code image/png}; {@code application/octet-stream} when not known
     */
    public static String of(String path, byte[] head) {
        Metadata metadata = new Metadata();
        metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, path.substring(path.lastIndexOf('/') + 1));
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(head, 0, Math.min(head.length, HEAD));
            return TYPES.detect(in, metadata).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory cannot fail", e);
        }
    }
}
