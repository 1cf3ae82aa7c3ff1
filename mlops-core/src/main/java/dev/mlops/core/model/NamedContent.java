package dev.mlops.core.model;

import dev.mlops.core.content.ContentSource;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of one file of a version to be.
 *
 * @param path its path in the version
 * @param content its bytes
 */
record NamedContent(String path, ContentSource content) implements ContentSource {
    @Override
    public String name() {
        return content.name();
    }

    @Override
    public InputStream open() throws IOException {
        return content.open();
    }

    @Override
    public long sizeHint() {
        return content.sizeHint();
    }
}
