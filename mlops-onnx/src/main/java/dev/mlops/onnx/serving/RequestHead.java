package dev.mlops.onnx.serving;

import org.jspecify.annotations.Nullable;

/**
 * What a request says before its body.
 *
 * @param path decoded, without the query
 */
record RequestHead(String method, String path, Headers headers) {
    /** Headers of a request. */
    interface Headers {
        /** The first value of a header, whatever the case of its name; null if there is none. */
        @Nullable
        String first(String name);
    }
}
