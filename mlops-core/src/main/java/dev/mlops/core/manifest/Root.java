package dev.mlops.core.manifest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.PathOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first content of a manifest, version 2, which lists its segments. UTF-8 lines, each a JSON object that ends in
 * {@code \n}.
 *
 * <pre>
 * {"format":"mlops-manifest","version":2,"files":2,"bytes":579}
 * {"summary":{"types":{"image/png":2}}}
 * {"first":"a/0.png","last":"a/1.png","files":2,"bytes":579,"sha256":"9f86…","size":271}
 * </pre>
 *
 * The line with the summary may be missing. Readers skip members that they do not know. A change that older readers would
 * misunderstand gets another version, which they refuse.
 *
 * @param files how many files there are
 * @param bytes how many bytes they have
 * @param summary a JSON object of whoever wrote it, or null
 * @param segments the segments, by path
 */
record Root(long files, long bytes, @Nullable String summary, List<SegmentRef> segments) {
    /** The largest root that is read, enough for a thousand million files. */
    static final int MAX_SIZE = 256 * 1024 * 1024;

    /** The largest summary in bytes. */
    static final int MAX_SUMMARY = 256 * 1024;

    private static final int MAX_LINE = MAX_SUMMARY + 1024;
    private static final String FORMAT = "mlops-manifest";
    private static final int VERSION = 2;
    private static final byte[] HEADER =
            LineBuffer.ascii("{\"format\":\"%s\",\"version\":%d,\"files\":".formatted(FORMAT, VERSION));
    private static final byte[] SUMMARY = LineBuffer.ascii("{\"summary\":");
    private static final byte[] FIRST = LineBuffer.ascii("{\"first\":");
    private static final byte[] LAST = LineBuffer.ascii(",\"last\":");
    private static final byte[] FILES = LineBuffer.ascii(",\"files\":");
    private static final byte[] BYTES = LineBuffer.ascii(",\"bytes\":");

    Root {
        segments = List.copyOf(segments);
    }

    byte[] toBytes() {
        LineBuffer out = new LineBuffer(1024);
        out.raw(HEADER).number(files).raw(BYTES).number(bytes).raw(EntryLine.END);
        if (summary != null) {
            out.raw(SUMMARY).raw(summary.getBytes(StandardCharsets.UTF_8)).raw(EntryLine.END);
        }
        for (SegmentRef segment : segments) {
            out.raw(FIRST).text(segment.first()).raw(LAST).text(segment.last());
            out.raw(FILES).number(segment.files()).raw(BYTES).number(segment.bytes());
            out.raw(EntryLine.SHA256).text(segment.sha256().hex());
            out.raw(EntryLine.SIZE).number(segment.size()).raw(EntryLine.END);
        }
        return out.toBytes();
    }

    /**
     * Makes a summary fit into a line.
     *
     * @throws InvalidInputException if it is no JSON object or too large
     */
    static String checkSummary(String json) {
        String line = json.replace('\n', ' ').replace('\r', ' ').strip();
        if (line.getBytes(StandardCharsets.UTF_8).length > MAX_SUMMARY) {
            throw new InvalidInputException(
                    "manifest summary", line.substring(0, 80) + "…", "must be at most " + MAX_SUMMARY + " bytes");
        }
        try {
            JsonLine.parse(line, (name, value) -> {});
        } catch (IntegrityException e) {
            throw new InvalidInputException("manifest summary", line, "must be a JSON object: " + e.getMessage(), e);
        }
        return line;
    }

    /**
     * Reads a root.
     *
     * @throws IntegrityException if it is none of this version, or what it says cannot be right
     */
    static Root parse(byte[] bytes) {
        try {
            return new Parser(bytes).parse();
        } catch (InvalidInputException e) {
            throw new IntegrityException("manifest has a bad line: " + e.getMessage(), e);
        }
    }

    private static final class Parser {
        private final byte[] bytes;
        private final List<SegmentRef> segments = new ArrayList<>();
        private int at;
        private @Nullable String summary;
        private long files;
        private long fileBytes;
        private String last = "";

        Parser(byte[] bytes) {
            this.bytes = bytes;
        }

        Root parse() {
            Header header = new Header();
            next(header);
            header.check();
            for (int line = 2; at < bytes.length; line++) {
                Segment segment = new Segment();
                next(segment);
                if (segment.summary != null && line == 2) {
                    summary = segment.summary;
                } else {
                    add(segment.ref());
                }
            }
            if (files != header.files || fileBytes != header.bytes) {
                throw new IntegrityException("manifest has %d files with %d bytes, but says it has %d with %d"
                        .formatted(files, fileBytes, header.files, header.bytes));
            }
            return new Root(files, fileBytes, summary, segments);
        }

        private void next(Line line) {
            int length = Segments.lineLength(bytes, at, MAX_LINE);
            line.text = JsonLine.decode(bytes, at, length);
            JsonLine.parse(line.text, line);
            at += length + 1;
        }

        private void add(SegmentRef ref) {
            if (PathOrder.BY_CODE_POINT.compare(last, ref.first()) >= 0) {
                throw new IntegrityException(
                        "manifest is not sorted: segment from '%s' comes after '%s'".formatted(ref.first(), last));
            }
            last = ref.last();
            if (ref.files() > Long.MAX_VALUE - files || ref.bytes() > Long.MAX_VALUE - fileBytes) {
                throw new IntegrityException("manifest says it has more bytes than can be");
            }
            files += ref.files();
            fileBytes += ref.bytes();
            segments.add(ref);
        }
    }

    private abstract static class Line implements JsonLine.Members {
        String text = "";
        long files = -1;
        long bytes = -1;
    }

    private static final class Header extends Line {
        private @Nullable String format;
        private long version = -1;

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "format" -> format = JsonLine.text(json);
                case "version" -> version = JsonLine.number(name, json);
                case "files" -> files = JsonLine.number(name, json);
                case "bytes" -> bytes = JsonLine.number(name, json);
                default -> {}
            }
        }

        void check() {
            if (!FORMAT.equals(format)) {
                throw new IntegrityException(
                        "not a manifest: its format is '%s' and not '%s'".formatted(format, FORMAT));
            }
            if (version != VERSION) {
                throw new IntegrityException("manifest version %d cannot be read, only version %d; use a newer release"
                        .formatted(version, VERSION));
            }
            if (files < 0 || bytes < 0) {
                throw new IntegrityException(
                        "manifest says nothing, or nonsense, of its size: files %d, bytes %d".formatted(files, bytes));
            }
        }
    }

    private static final class Segment extends Line {
        private @Nullable String summary;
        private @Nullable String first;
        private @Nullable String last;
        private @Nullable String sha256;
        private long size = -1;

        @Override
        public void take(String name, JsonParser json) throws IOException {
            switch (name) {
                case "summary" -> summary = object(json);
                case "first" -> first = JsonLine.text(json);
                case "last" -> last = JsonLine.text(json);
                case "files" -> files = JsonLine.number(name, json);
                case "bytes" -> bytes = JsonLine.number(name, json);
                case "sha256" -> sha256 = JsonLine.text(json);
                case "size" -> size = JsonLine.number(name, json);
                default -> {}
            }
        }

        private @Nullable String object(JsonParser json) throws IOException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                return null;
            }
            int start = (int) json.currentTokenLocation().getCharOffset();
            json.skipChildren();
            return text.substring(start, (int) json.currentLocation().getCharOffset());
        }

        SegmentRef ref() {
            return new SegmentRef(
                    first == null ? "" : first,
                    last == null ? "" : last,
                    files,
                    bytes,
                    new Sha256(sha256 == null ? "" : sha256),
                    (int) Math.max(0, Math.min(size, Integer.MAX_VALUE)));
        }
    }
}
