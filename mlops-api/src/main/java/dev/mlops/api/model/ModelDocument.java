package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.net.URI;

/**
 * A link to a document about a model.
 *
 * @param name 1 to 48 characters
 * @param url an absolute http or https URL
 */
public record ModelDocument(String name, URI url) {
    /** Checks both. */
    public ModelDocument {
        if (name.isBlank()) {
            throw new InvalidInputException("document name", name, "must not be blank");
        }
        ResourceName.checkText("document name", name, 48);
        String scheme = url.getScheme();
        if (url.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new InvalidInputException("document url", url, "must be an absolute http or https URL");
        }
    }
}
