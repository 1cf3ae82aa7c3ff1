package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.core.file.PathOrder;

/**
 * What the root of a manifest says of one segment.
 *
 * @param first the path of its first file
 * @param last the path of its last file
 * @param files how many files it lists
 * @param bytes how many bytes these have
 * @param sha256 its digest in the content store
 * @param size its own size in bytes
 */
public record SegmentRef(String first, String last, long files, long bytes, Sha256 sha256, int size) {
    /** Checks that it can be true. */
    public SegmentRef {
        RelativePath.check("first path", first);
        RelativePath.check("last path", last);
        int order = PathOrder.BY_CODE_POINT.compare(first, last);
        if (files < 1 || files > size || (files == 1) != (order == 0) || order > 0) {
            throw new InvalidInputException(
                    "segment", "%d files from %s to %s".formatted(files, first, last), "cannot be");
        }
        if (bytes < 0 || size < 1 || size > Segments.MAX_SIZE) {
            throw new InvalidInputException("size of segment " + sha256, size, "must be 1 to " + Segments.MAX_SIZE);
        }
    }
}
