package dev.mlops.api.dataset;

import org.jspecify.annotations.Nullable;

/**
 * What was found inside a file; null stands for not known.
 *
 * @param width of an image or a video, in pixels
 * @param height of an image or a video, in pixels
 * @param durationMillis of sound or video, in milliseconds
 * @param rows data rows of a CSV or JSON lines file, the header of a CSV not counted
 */
public record MediaFacts(
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Long durationMillis,
        @Nullable Long rows) {
    /** Nothing is known. */
    public static final MediaFacts NONE = new MediaFacts(null, null, null, null);
}
