package dev.mlops.core.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.name.ResourceName;
import dev.mlops.core.file.PathOrder;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a manifest, version 1: UTF-8, each line a JSON object of at most 16 KiB that ends in {@code \n}.
 *
 * <pre>
 * {"format":"mlops-manifest","version":1,"files":2,"bytes":579}
 * {"path":"a/0.png","size":123,"sha256":"9f86…","type":"image/png","split":"train"}
 * {"path":"a/1.png","size":456,"sha256":"60303…","type":"image/png"}
 * </pre>
 *
 * The first line says how many lines follow and how many bytes their files have; the others are sorted by path ({@link
 * PathOrder}), each path once. {@code split} is left out for a file in no split. Readers skip members that they do not
 * know. A change that older readers would misunderstand gets another version, which they refuse.
 */
final class ManifestFormat {
    /** The longest line, its end included. A path of 1,024 characters takes at most 6,144 bytes. */
    static final int MAX_LINE = 16 * 1024;

    private static final String FORMAT = "mlops-manifest";
    private static final int VERSION = 1;
    private static final int MAX_TYPE = 255;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private ManifestFormat() {}

    static void write(ManifestHeader header, OutputStream out) throws IOException {
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            json.writeStringField("format", FORMAT);
            json.writeNumberField("version", VERSION);
            json.writeNumberField("files", header.files());
            json.writeNumberField("bytes", header.bytes());
            json.writeEndObject();
        }
        out.write('\n');
    }

    static void write(FileEntry entry, OutputStream out) throws IOException {
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            json.writeStringField("path", entry.path());
            json.writeNumberField("size", entry.size());
            json.writeStringField("sha256", entry.sha256().hex());
            json.writeStringField("type", entry.mediaType());
            if (entry.split() != null) {
                json.writeStringField("split", entry.split());
            }
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static JsonGenerator generator(OutputStream out) throws IOException {
        return JSON.createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }

    /**
     * Reads the first line.
     *
     * @throws IntegrityException if it is not the first line of a manifest of this version
     */
    static ManifestHeader header(byte[] bytes, int offset, int length) {
        HeaderMembers members = new HeaderMembers();
        parse(bytes, offset, length, members);
        if (!FORMAT.equals(members.format)) {
            throw new IntegrityException(
                    "not a manifest: its format is '%s' and not '%s'".formatted(members.format, FORMAT));
        }
        if (members.version != VERSION) {
            throw new IntegrityException("manifest version %d cannot be read, only version %d; use a newer release"
                    .formatted(members.version, VERSION));
        }
        if (members.files < 0 || members.bytes < 0) {
            throw new IntegrityException("manifest says nothing, or nonsense, of its size: files %d, bytes %d"
                    .formatted(members.files, members.bytes));
        }
        return new ManifestHeader(members.files, members.bytes);
    }

    /**
     * Reads the line of a file.
     *
     * @throws IntegrityException if it is none, or if its path, digest or size cannot be right
     */
    static FileEntry entry(byte[] bytes, int offset, int length) {
        EntryMembers members = new EntryMembers();
        parse(bytes, offset, length, members);
        try {
            return members.entry();
        } catch (InvalidInputException e) {
            throw new IntegrityException("manifest has a bad line: " + e.getMessage(), e);
        }
    }

    private static void parse(byte[] bytes, int offset, int length, Members members) {
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IntegrityException("manifest has a line that is no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                members.take(name, json);
                json.skipChildren();
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IntegrityException("manifest has a line that is more or less than a JSON object");
            }
        } catch (IOException e) {
            throw new IntegrityException("manifest has a line that is not JSON: " + e.getMessage(), e);
        }
    }

    private interface Members {
        void take(String name, JsonParser json) throws IOException;
    }

    private static @Nullable String text(JsonParser json) throws IOException {
        return json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
    }

    private static long number(JsonParser json) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
    }

    private static final class HeaderMembers implements Members {
        private @Nullable String format;
        private long version = -1;
        private long files = -1;
        private long bytes = -1;

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "format" -> format = text(json);
                case "version" -> version = number(json);
                case "files" -> files = number(json);
                case "bytes" -> bytes = number(json);
                default -> {}
            }
        }
    }

    private static final class EntryMembers implements Members {
        private String path = "";
        private long size = -1;
        private String sha256 = "";
        private String type = "";
        private @Nullable String split;

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "path" -> path = orEmpty(text(json));
                case "size" -> size = number(json);
                case "sha256" -> sha256 = orEmpty(text(json));
                case "type" -> type = orEmpty(text(json));
                case "split" -> split = orEmpty(text(json));
                default -> {}
            }
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }

        FileEntry entry() {
            if (size < 0) {
                throw new InvalidInputException("size of " + path, size, "must not be negative");
            }
            if (split != null) {
                ResourceName.check("split of " + path, split);
            }
            if (type.isEmpty() || type.length() > MAX_TYPE) {
                throw new InvalidInputException("type of " + path, type, "must be 1 to " + MAX_TYPE + " characters");
            }
            return new FileEntry(RelativePath.check("path", path), size, new Sha256(sha256), type, split);
        }
    }
}
