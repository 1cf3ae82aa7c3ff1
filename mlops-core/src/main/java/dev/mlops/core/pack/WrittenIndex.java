package dev.mlops.core.pack;

import java.util.List;

/**
 * An index that was written to a file.
 *
 * @param id 64 lower-case hexadecimal digits
 * @param blobs how many entries it has
 * @param bytes how long it is
 * @param packIds the packs that it covers
 */
public record WrittenIndex(String id, long blobs, long bytes, List<String> packIds) {
    /** Copies the list. */
    public WrittenIndex {
        packIds = List.copyOf(packIds);
    }
}
