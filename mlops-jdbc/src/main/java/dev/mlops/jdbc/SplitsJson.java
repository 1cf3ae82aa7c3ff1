package dev.mlops.jdbc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.dataset.SplitSummary;
import java.util.List;
import java.util.stream.StreamSupport;

/** Splits as JSON, in their order: {@code {"format":1,"splits":[{"name":"train","files":80,"bytes":9000}]}}. */
final class SplitsJson {
    private SplitsJson() {}

    static String toJson(List<SplitSummary> splits) {
        ObjectNode document = Json.document();
        ArrayNode array = document.putArray("splits");
        splits.forEach(split -> array.addObject()
                .put("name", split.name())
                .put("files", split.files())
                .put("bytes", split.bytes()));
        return document.toString();
    }

    static List<SplitSummary> fromJson(String text) {
        return Json.read(
                "splits",
                text,
                document -> StreamSupport.stream(document.required("splits").spliterator(), false)
                        .map(split -> new SplitSummary(
                                split.required("name").asText(),
                                split.required("files").asLong(),
                                split.required("bytes").asLong()))
                        .toList());
    }
}
