package dev.mlops.core.media;

import dev.mlops.api.dataset.DatasetSummary.ImageSize;
import dev.mlops.api.dataset.DatasetSummary.Images;
import dev.mlops.api.dataset.DatasetSummary.SizeCount;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts sizes of images; when there are too many different ones it forgets which are common, in whatever order they come. */
final class SizeCounts {
    /** How many different sizes are counted. */
    static final int MAX_SIZES = 16_384;

    private static final int COMMON = 10;
    private static final Comparator<ImageSize> BY_PIXELS =
            Comparator.comparingLong(ImageSize::pixels).thenComparingInt(ImageSize::width);
    private static final Comparator<SizeCount> MOST_FIRST =
            Comparator.comparingLong(SizeCount::files).reversed().thenComparing(SizeCount::size, BY_PIXELS);

    private final Map<ImageSize, Long> counts = new HashMap<>();
    private boolean isTooMany;
    private long files;
    private @Nullable ImageSize smallest;
    private @Nullable ImageSize largest;

    void add(ImageSize size, long count) {
        files += count;
        bound(size);
        count(size, count);
    }

    private void bound(ImageSize size) {
        if (smallest == null || BY_PIXELS.compare(size, smallest) < 0) {
            smallest = size;
        }
        if (largest == null || BY_PIXELS.compare(size, largest) > 0) {
            largest = size;
        }
    }

    private void count(ImageSize size, long count) {
        if (isTooMany) {
            return;
        }
        counts.merge(size, count, Long::sum);
        if (counts.size() > MAX_SIZES) {
            forget();
        }
    }

    private void forget() {
        isTooMany = true;
        counts.clear();
    }

    void merge(SizeCounts other) {
        files += other.files;
        if (other.smallest != null && other.largest != null) {
            bound(other.smallest);
            bound(other.largest);
        }
        other.counts.forEach(this::count);
        if (other.isTooMany) {
            forget();
        }
    }

    @Nullable
    Images images() {
        if (smallest == null || largest == null) {
            return null;
        }
        List<SizeCount> common = counts.entrySet().stream()
                .map(count -> new SizeCount(count.getKey(), count.getValue()))
                .sorted(MOST_FIRST)
                .limit(COMMON)
                .toList();
        return new Images(files, smallest, largest, common);
    }
}
