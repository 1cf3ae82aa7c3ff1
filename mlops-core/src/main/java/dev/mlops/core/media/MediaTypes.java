package dev.mlops.core.media;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MimeTypes;
import org.jspecify.annotations.Nullable;

/**
 * Tells the media type of a file from its name and its first bytes. The name decides, by its extension in Apache Tika's
 * registry, unless the first bytes are those of a common binary format that it does not fit ({@link Magic}). Tika's
 * detector, which allocates a megabyte for each file, sees only the files of which neither says anything. The same name
 * and bytes give the same type in every process. Thread-safe.
 */
public final class MediaTypes {
    /** How many of a file's first bytes are looked at, at most. */
    public static final int HEAD = 8 * 1024;

    /** The type of JSON lines, a JSON object each. */
    static final String JSON_LINES = "application/x-ndjson";

    private static final String BYTES = MediaType.OCTET_STREAM.toString();
    private static final String TEXT = MediaType.TEXT_PLAIN.toString();
    private static final int TEXT_SAMPLE = 512;
    private static final int MAX_EXTENSION = 16;
    private static final int MAX_CACHED = 4096;

    private static final MimeTypes TYPES = MimeTypes.getDefaultMimeTypes();
    private static final Named UNKNOWN = new Named(BYTES, MediaType.OCTET_STREAM, Certainty.NONE);
    private static final Named OPAQUE = new Named(BYTES, MediaType.OCTET_STREAM, Certainty.SOME_BYTES);

    private static final Map<String, Named> BY_EXTENSION = new ConcurrentHashMap<>(Map.ofEntries(
            Map.entry("jsonl", named(JSON_LINES)),
            Map.entry("ndjson", named(JSON_LINES)),
            Map.entry("npy", named("application/x-npy")),
            Map.entry("arrow", named("application/vnd.apache.arrow.file")),
            Map.entry("bin", OPAQUE),
            Map.entry("ckpt", OPAQUE),
            Map.entry("dat", OPAQUE),
            Map.entry("idx", OPAQUE),
            Map.entry("onnx", OPAQUE),
            Map.entry("pickle", OPAQUE),
            Map.entry("pkl", OPAQUE),
            Map.entry("pt", OPAQUE),
            Map.entry("pth", OPAQUE),
            Map.entry("raw", OPAQUE),
            Map.entry("safetensors", OPAQUE),
            Map.entry("tfrecord", OPAQUE)));

    /** The names without an extension that Tika knows; all others have none. */
    private static final Map<String, Named> BY_NAME = Map.of(
            "Makefile", registered("Makefile"),
            "GNUMakefile", registered("GNUMakefile"),
            "INSTALL", registered("INSTALL"),
            "KEYS", registered("KEYS"),
            "LICENSE", registered("LICENSE"),
            "NOTICE", registered("NOTICE"),
            "README", registered("README"));

    /** Types whose files all begin with bytes that {@link Magic} knows. */
    private static final Set<String> SELF_TELLING = Set.of(
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/bmp",
            "image/webp",
            "image/tiff",
            "audio/vnd.wave",
            "audio/x-flac",
            "video/x-msvideo",
            "application/gzip",
            "application/x-parquet",
            "application/x-npy");

    private MediaTypes() {}

    private record Named(String type, MediaType media, Certainty certainty) {}

    /** What a name says: a type; that the bytes are in no format that Tika could know; nothing. */
    private enum Certainty {
        TYPE,
        SOME_BYTES,
        NONE
    }

    /**
     * Tells a media type.
     *
     * @param path the file's path with {@code /}; only its last part counts
     * @param head the file's first bytes, or more of them
     * @return such as {@code image/png}; {@code application/octet-stream} when not known
     */
    public static String of(String path, byte[] head) {
        return of(path, head, 0, head.length);
    }

    /** Tells a media type of a part of an array; otherwise as {@link #of(String, byte[])}. */
    public static String of(String path, byte[] bytes, int offset, int length) {
        int size = Math.min(length, HEAD);
        Named named = byName(path);
        Magic magic = Magic.of(bytes, offset, size);
        if (magic != null) {
            return fits(named, magic) ? named.type : magic.type();
        }
        if (size == 0) {
            return named.type;
        }
        return switch (named.certainty) {
            case NONE -> detect(path, bytes, offset, size);
            case SOME_BYTES -> isText(bytes, offset, size) ? TEXT : BYTES;
            case TYPE -> SELF_TELLING.contains(named.type) ? contradicted(path, bytes, offset, size) : named.type;
        };
    }

    /** Such as the page that says "not found" and was saved as an image. */
    private static String contradicted(String path, byte[] bytes, int offset, int length) {
        return isText(bytes, offset, length) ? detect(path, bytes, offset, length) : BYTES;
    }

    private static boolean fits(Named named, Magic magic) {
        return named.certainty == Certainty.TYPE
                && (named.type.equals(magic.type())
                        || magic.isRawPhotoToo(named.type)
                        || TYPES.getMediaTypeRegistry().isInstanceOf(named.media, magic.family()));
    }

    private static Named byName(String path) {
        int dot = path.lastIndexOf('.');
        if (dot <= path.lastIndexOf('/')) {
            return BY_NAME.getOrDefault(path.substring(path.lastIndexOf('/') + 1), UNKNOWN);
        }
        if (path.length() - dot - 1 > MAX_EXTENSION) {
            return UNKNOWN;
        }
        String extension = path.substring(dot + 1);
        Named known = BY_EXTENSION.get(extension);
        if (known != null) {
            return known;
        }
        Named found = ofExtension(extension);
        if (BY_EXTENSION.size() < MAX_CACHED) {
            BY_EXTENSION.putIfAbsent(extension, found);
        }
        return found;
    }

    private static Named ofExtension(String extension) {
        String lower = extension.toLowerCase(Locale.ROOT);
        Named known = BY_EXTENSION.get(lower);
        return known == null ? registered("x." + lower) : known;
    }

    private static Named registered(String name) {
        MediaType type = detect(name, null);
        return type.equals(MediaType.OCTET_STREAM) ? UNKNOWN : new Named(type.toString(), type, Certainty.TYPE);
    }

    private static Named named(String type) {
        return new Named(type, MediaType.parse(type), Certainty.TYPE);
    }

    private static boolean isText(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + Math.min(length, TEXT_SAMPLE); i++) {
            int b = bytes[i] & 0xff;
            if (b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                return false;
            }
        }
        return true;
    }

    private static String detect(String path, byte[] bytes, int offset, int length) {
        return detect(path.substring(path.lastIndexOf('/') + 1), new ByteArrayInputStream(bytes, offset, length))
                .toString();
    }

    private static MediaType detect(String name, @Nullable InputStream in) {
        Metadata metadata = new Metadata();
        metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);
        try {
            return TYPES.detect(in, metadata);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory cannot fail", e);
        }
    }
}
