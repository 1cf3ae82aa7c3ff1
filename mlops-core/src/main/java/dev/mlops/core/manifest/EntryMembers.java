package dev.mlops.core.manifest;

import com.fasterxml.jackson.core.JsonParser;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MediaFacts;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The members of a file's line in any order, with any spaces and with members that are not known. */
final class EntryMembers implements JsonLine.Members {
    private @Nullable String path;
    private long size = -1;
    private @Nullable String sha256;
    private @Nullable String type;
    private @Nullable String kind;
    private @Nullable String split;
    private @Nullable Instant mtime;
    private @Nullable Integer width;
    private @Nullable Integer height;
    private @Nullable Long duration;
    private @Nullable Long rows;

    @Override
    public void take(String name, JsonParser json) throws IOException {
        switch (name) {
            case "path" -> path = JsonLine.text(json);
            case "size" -> size = JsonLine.number(name, json);
            case "sha256" -> sha256 = JsonLine.text(json);
            case "type" -> type = JsonLine.text(json);
            case "kind" -> kind = orEmpty(JsonLine.text(json));
            case "split" -> split = orEmpty(JsonLine.text(json));
            case "mtime" -> mtime = Instant.ofEpochMilli(JsonLine.number(name, json));
            case "width" -> width = asInt(JsonLine.number(name, json));
            case "height" -> height = asInt(JsonLine.number(name, json));
            case "duration" -> duration = JsonLine.number(name, json);
            case "rows" -> rows = JsonLine.number(name, json);
            default -> {}
        }
    }

    /** What is no text must not pass for what was left out. */
    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static int asInt(long number) {
        return (int) Math.max(-1, Math.min(number, Integer.MAX_VALUE));
    }

    FileEntry entry() {
        boolean hasFacts = width != null || height != null || duration != null || rows != null;
        FileEntry entry = new FileEntry(
                orEmpty(path),
                EntryLine.kind(kind),
                size,
                EntryLine.digest(sha256),
                orEmpty(type),
                EntryLine.checkSplit(split),
                mtime,
                hasFacts ? new MediaFacts(width, height, duration, rows) : MediaFacts.NONE);
        return EntryLine.check(entry);
    }
}
