package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class AncestryPropertyTest {
    @Property(tries = 300)
    void theCommonAncestorIsTheNewestThatBothComeFrom(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 60) int size,
            @ForAll @IntRange(min = 1, max = 7) int page) {
        Random random = new Random(seed);
        List<DatasetVersion> history = history(random, size);
        DatasetVersion one = history.get(random.nextInt(size));
        DatasetVersion other = history.get(random.nextInt(size));
        Set<DatasetVersion> both = ancestors(history, one);
        both.retainAll(ancestors(history, other));

        assertThat(Ancestry.common(request -> page(history, request), page, one, other))
                .isEqualTo(both.stream().max(Comparator.comparing(DatasetVersion::ordinal)));
    }

    /** Some versions have no parent, as it was deleted; some are merges. */
    private static List<DatasetVersion> history(Random random, int size) {
        List<DatasetVersion> history = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            history.add(version(
                    i,
                    i == 0 || random.nextInt(10) == 0 ? null : Math.max(0, i - 1 - random.nextInt(5)),
                    i == 0 || random.nextInt(3) > 0 ? null : random.nextInt(i)));
        }
        return history;
    }

    private static DatasetVersion version(int index, @Nullable Integer parent, @Nullable Integer merged) {
        return new DatasetVersion(
                "id-" + index,
                "project",
                "data set",
                "p/d:V" + index,
                "V" + index,
                index + 1L,
                parent == null ? null : "id-" + parent,
                merged == null ? null : "id-" + merged,
                "",
                Map.of(),
                Sha256.of(new byte[0]),
                0,
                0,
                List.of(),
                "alice",
                "alice",
                Instant.EPOCH);
    }

    private static Set<DatasetVersion> ancestors(List<DatasetVersion> history, DatasetVersion of) {
        Set<DatasetVersion> found = new HashSet<>(Set.of(of));
        for (int i = history.size() - 1; i >= 0; i--) {
            DatasetVersion version = history.get(i);
            boolean isParent = found.stream()
                    .anyMatch(child -> version.id().equals(child.parentId())
                            || version.id().equals(child.mergedId()));
            if (isParent) {
                found.add(version);
            }
        }
        return found;
    }

    private static Page<DatasetVersion> page(List<DatasetVersion> history, PageRequest request) {
        int end = request.token() == null ? history.size() : Integer.parseInt(request.token());
        int start = Math.max(0, end - request.limit());
        List<DatasetVersion> items = new ArrayList<>(history.subList(start, end));
        items.sort(Comparator.comparing(DatasetVersion::ordinal).reversed());
        return new Page<>(items, start == 0 ? Optional.empty() : Optional.of(String.valueOf(start)));
    }
}
