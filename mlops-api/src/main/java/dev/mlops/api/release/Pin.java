package dev.mlops.api.release;

/**
 * A version that an application version is tied to.
 *
 * @param id the id of the model version or data set version
 * @param reference its reference in text, such as {@code digits/digits:3}
 */
public record Pin(String id, String reference) {
    @Override
    public String toString() {
        return reference;
    }
}
