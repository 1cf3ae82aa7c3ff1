package dev.mlops.core.media;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.ColumnType;
import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.ImageSize;
import dev.mlops.api.dataset.DatasetSummary.Images;
import dev.mlops.api.dataset.DatasetSummary.Recordings;
import dev.mlops.api.dataset.DatasetSummary.SizeCount;
import dev.mlops.api.dataset.DatasetSummary.Table;
import dev.mlops.api.dataset.DatasetSummary.TypeCount;
import dev.mlops.api.dataset.TableColumn;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a summary, version 1: one line of JSON of at most 256 KiB. A larger one loses, from the last table
 * on, columns and then tables.
 *
 * <pre>
 * {"version":1,"files":3,"bytes":579,"emptyFolders":0,"links":0,
 *  "types":[{"type":"image/png","files":2,"bytes":500},{"type":"text/csv","files":1,"bytes":79}],
 *  "images":{"files":2,"smallest":[8,8],"largest":[16,16],"common":[{"size":[8,8],"files":1},{"size":[16,16],"files":1}]},
 *  "recordings":{"files":1,"millis":1500},
 *  "tables":[{"path":"labels.csv","sha256":"9f86…","rows":2,"columnCount":2,"columns":[
 *    {"name":"file","type":"text"},{"name":"label","type":"integer","nullable":true}]}]}
 * </pre>
 *
 * {@code images}, {@code recordings} and a false {@code nullable} are left out. Readers skip members that they do not know,
 * and read a column type that they do not know as text.
 */
public final class DatasetSummaryJson {
    /** The longest stored summary in bytes. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private DatasetSummaryJson() {}

    /** The stored form. */
    public static String toJson(DatasetSummary summary) {
        List<Table> tables = new ArrayList<>(summary.tables());
        String json = write(summary, tables);
        for (int i = tables.size() - 1; i >= 0 && isTooLong(json); i--) {
            Table table = tables.get(i);
            tables.set(i, new Table(table.path(), table.sha256(), table.rows(), List.of(), 0));
            json = write(summary, tables);
        }
        while (!tables.isEmpty() && isTooLong(json)) {
            tables.remove(tables.size() - 1);
            json = write(summary, tables);
        }
        return json;
    }

    private static boolean isTooLong(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }

    private static String write(DatasetSummary summary, List<Table> tables) {
        ObjectNode json = JSON.createObjectNode()
                .put("version", VERSION)
                .put("files", summary.files())
                .put("bytes", summary.bytes())
                .put("emptyFolders", summary.emptyFolders())
                .put("links", summary.links());
        ArrayNode types = json.putArray("types");
        for (TypeCount type : summary.types()) {
            types.addObject()
                    .put("type", type.mediaType())
                    .put("files", type.files())
                    .put("bytes", type.bytes());
        }
        if (summary.images() != null) {
            write(summary.images(), json.putObject("images"));
        }
        if (summary.recordings() != null) {
            json.putObject("recordings")
                    .put("files", summary.recordings().files())
                    .put("millis", summary.recordings().duration().toMillis());
        }
        ArrayNode list = json.putArray("tables");
        tables.forEach(table -> write(table, list.addObject()));
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree in memory cannot fail", e);
        }
    }

    private static void write(Images images, ObjectNode json) {
        json.put("files", images.files());
        write(images.smallest(), json.putArray("smallest"));
        write(images.largest(), json.putArray("largest"));
        ArrayNode common = json.putArray("common");
        for (SizeCount size : images.common()) {
            ObjectNode count = common.addObject();
            write(size.size(), count.putArray("size"));
            count.put("files", size.files());
        }
    }

    private static void write(ImageSize size, ArrayNode json) {
        json.add(size.width()).add(size.height());
    }

    private static void write(Table table, ObjectNode json) {
        json.put("path", table.path())
                .put("sha256", table.sha256().hex())
                .put("rows", table.rows())
                .put("columnCount", table.columnCount());
        ArrayNode columns = json.putArray("columns");
        for (TableColumn column : table.columns()) {
            ObjectNode node = columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type().label());
            if (column.nullable()) {
                node.put("nullable", true);
            }
        }
    }

    /**
     * Reads the stored form.
     *
     * @throws IntegrityException if it is none of this version
     */
    public static DatasetSummary fromJson(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (json.path("version").asLong() != VERSION) {
                throw new IntegrityException(
                        "data set summary of version %s cannot be read, only version %d; use a newer release"
                                .formatted(json.path("version"), VERSION));
            }
            return read(json);
        } catch (JsonProcessingException | IllegalArgumentException | InvalidInputException e) {
            throw new IntegrityException("data set summary cannot be read: " + e.getMessage(), e);
        }
    }

    private static DatasetSummary read(JsonNode json) {
        JsonNode recordings = json.path("recordings");
        return new DatasetSummary(
                number(json, "files"),
                number(json, "bytes"),
                number(json, "emptyFolders"),
                number(json, "links"),
                list(
                        json,
                        "types",
                        type -> new TypeCount(text(type, "type"), number(type, "files"), number(type, "bytes"))),
                images(json.path("images")),
                recordings.isObject()
                        ? new Recordings(number(recordings, "files"), Duration.ofMillis(number(recordings, "millis")))
                        : null,
                list(json, "tables", DatasetSummaryJson::table));
    }

    private static @Nullable Images images(JsonNode json) {
        if (!json.isObject()) {
            return null;
        }
        return new Images(
                number(json, "files"),
                size(json.path("smallest")),
                size(json.path("largest")),
                list(json, "common", count -> new SizeCount(size(count.path("size")), number(count, "files"))));
    }

    private static ImageSize size(JsonNode json) {
        if (!json.path(0).canConvertToInt() || !json.path(1).canConvertToInt()) {
            throw new IllegalArgumentException("size %s must be two numbers".formatted(json));
        }
        return new ImageSize(json.path(0).asInt(), json.path(1).asInt());
    }

    private static Table table(JsonNode json) {
        return new Table(
                text(json, "path"),
                new Sha256(text(json, "sha256")),
                number(json, "rows"),
                list(json, "columns", DatasetSummaryJson::column),
                Math.toIntExact(Math.min(Integer.MAX_VALUE, number(json, "columnCount"))));
    }

    private static TableColumn column(JsonNode json) {
        return new TableColumn(
                text(json, "name"),
                type(text(json, "type")),
                json.path("nullable").asBoolean());
    }

    private static ColumnType type(String label) {
        for (ColumnType type : ColumnType.values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        return ColumnType.TEXT;
    }

    private static <T> List<T> list(JsonNode json, String name, Function<JsonNode, T> read) {
        List<T> list = new ArrayList<>();
        json.path(name).forEach(element -> list.add(read.apply(element)));
        return list;
    }

    private static long number(JsonNode json, String name) {
        JsonNode number = json.path(name);
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
            throw new IllegalArgumentException("%s %s must be a whole number, not negative".formatted(name, number));
        }
        return number.asLong();
    }

    private static String text(JsonNode json, String name) {
        JsonNode text = json.path(name);
        if (!text.isTextual()) {
            throw new IllegalArgumentException("%s %s must be text".formatted(name, text));
        }
        return text.asText();
    }
}
