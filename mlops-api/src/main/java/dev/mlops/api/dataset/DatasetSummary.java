package dev.mlops.api.dataset;

import dev.mlops.api.content.Sha256;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is inside the files of a version, as found when it was published. Its size is bounded whatever the version holds.
 * Immutable.
 *
 * @param files how many regular files and links there are
 * @param bytes how many bytes they have
 * @param emptyFolders how many folders with nothing in them are recorded
 * @param links how many of the files are symbolic links
 * @param types the regular files by media type, most bytes first; at most 50, and what is beyond them as {@link #OTHER}
 * @param images the sizes of the images and videos whose size is known, or null if there is none
 * @param recordings the sound and video files whose duration is known, or null if there is none
 * @param tables the 20 largest CSV and JSON lines files whose rows were counted, most bytes first
 */
public record DatasetSummary(
        long files,
        long bytes,
        long emptyFolders,
        long links,
        List<TypeCount> types,
        @Nullable Images images,
        @Nullable Recordings recordings,
        List<Table> tables) {
    /** What stands for the media type of the files beyond the listed types. */
    public static final String OTHER = "other";

    /** Copies the lists. */
    public DatasetSummary {
        types = List.copyOf(types);
        tables = List.copyOf(tables);
    }

    /** Some lines of text: the totals, then a table of the types, then images, recordings and tables. */
    @Override
    public String toString() {
        return SummaryText.of(this);
    }

    /**
     * The files of one media type.
     *
     * @param mediaType such as {@code image/png}, or {@link #OTHER}
     * @param files how many there are
     * @param bytes how many bytes they have
     */
    public record TypeCount(String mediaType, long files, long bytes) {}

    /**
     * The sizes of images and videos.
     *
     * @param files how many files have a known size
     * @param smallest the size with the fewest pixels
     * @param largest the size with the most pixels
     * @param common the most common sizes, most files first, at most 10; empty when there are more different sizes than
     *     are counted
     */
    public record Images(long files, ImageSize smallest, ImageSize largest, List<SizeCount> common) {
        /** Copies the list. */
        public Images {
            common = List.copyOf(common);
        }
    }

    /**
     * The size of an image.
     *
     * @param width in pixels
     * @param height in pixels
     */
    public record ImageSize(int width, int height) {
        /** The number of pixels. */
        public long pixels() {
            return (long) width * height;
        }

        /** Such as {@code 640×480}. */
        @Override
        public String toString() {
            return width + "×" + height;
        }
    }

    /**
     * How many files have one size.
     *
     * @param size the size
     * @param files how many have it
     */
    public record SizeCount(ImageSize size, long files) {}

    /**
     * Sound and video.
     *
     * @param files how many files have a known duration
     * @param duration how long they play together
     */
    public record Recordings(long files, Duration duration) {}

    /**
     * A CSV or JSON lines file.
     *
     * @param path its path
     * @param sha256 its digest
     * @param rows its data rows, the header of a CSV not counted
     * @param columns its columns as the first 1,000 rows show them, at most 200; empty when they were not looked at
     * @param columnCount how many columns it has, with those beyond the listed ones
     */
    public record Table(String path, Sha256 sha256, long rows, List<TableColumn> columns, int columnCount) {
        /** Copies the list. */
        public Table {
            columns = List.copyOf(columns);
        }
    }
}
