package dev.mlops.core.media;

import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.TypeCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts files and bytes by media type; types beyond the 4,096th are counted as other. */
final class TypeCounts {
    private static final int MAX_COUNTED = 4096;
    private static final int MAX_LISTED = 50;
    private static final Comparator<TypeCount> MOST_FIRST = Comparator.comparingLong(TypeCount::bytes)
            .thenComparingLong(TypeCount::files)
            .reversed()
            .thenComparing(TypeCount::mediaType);

    private final Map<String, long[]> counts = new HashMap<>();

    void add(String mediaType, long files, long bytes) {
        boolean isCounted = counts.size() < MAX_COUNTED || counts.containsKey(mediaType);
        long[] count = counts.computeIfAbsent(isCounted ? mediaType : DatasetSummary.OTHER, key -> new long[2]);
        count[0] += files;
        count[1] += bytes;
    }

    void merge(TypeCounts other) {
        other.counts.forEach((type, count) -> add(type, count[0], count[1]));
    }

    List<TypeCount> types() {
        List<TypeCount> sorted = counts.entrySet().stream()
                .filter(count -> !count.getKey().equals(DatasetSummary.OTHER))
                .map(count -> new TypeCount(count.getKey(), count.getValue()[0], count.getValue()[1]))
                .sorted(MOST_FIRST)
                .toList();
        List<TypeCount> listed = new ArrayList<>(sorted.subList(0, Math.min(MAX_LISTED, sorted.size())));
        long[] rest = counts.getOrDefault(DatasetSummary.OTHER, new long[2]).clone();
        for (TypeCount type : sorted.subList(listed.size(), sorted.size())) {
            rest[0] += type.files();
            rest[1] += type.bytes();
        }
        if (rest[0] > 0) {
            listed.add(new TypeCount(DatasetSummary.OTHER, rest[0], rest[1]));
        }
        return listed;
    }
}
