package dev.mlops.jdbc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ModelDocument;
import java.net.URI;
import java.util.List;
import java.util.stream.StreamSupport;

/** Links of a model as JSON: {@code {"format":1,"documents":[{"name":"card","url":"https://…"}]}}. */
final class DocumentsJson {
    private DocumentsJson() {}

    static String toJson(List<ModelDocument> documents) {
        ObjectNode document = Json.document();
        ArrayNode array = document.putArray("documents");
        documents.forEach(link ->
                array.addObject().put("name", link.name()).put("url", link.url().toString()));
        return document.toString();
    }

    static List<ModelDocument> fromJson(String text) {
        try {
            return Json.read(
                    "model documents",
                    text,
                    document -> StreamSupport.stream(
                                    document.required("documents").spliterator(), false)
                            .map(link -> new ModelDocument(
                                    link.required("name").asText(),
                                    URI.create(link.required("url").asText())))
                            .toList());
        } catch (InvalidInputException e) {
            throw new IntegrityException("Stored model documents cannot be read: " + e.getMessage(), e);
        }
    }
}
