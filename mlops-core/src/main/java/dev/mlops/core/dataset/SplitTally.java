package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.core.manifest.MergeChanges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The splits of a merged version, made from those of ours and what the merge changed. For one merge. */
final class SplitTally implements MergeChanges {
    private final Map<String, SplitSummary> splits = new LinkedHashMap<>();

    SplitTally(List<SplitSummary> ours, List<SplitSummary> theirs) {
        ours.forEach(split -> splits.put(split.name(), split));
        theirs.forEach(split -> splits.putIfAbsent(split.name(), new SplitSummary(split.name(), 0, 0)));
    }

    @Override
    public void changed(@Nullable FileEntry ours, @Nullable FileEntry merged) {
        add(ours, -1);
        add(merged, 1);
    }

    private void add(@Nullable FileEntry file, int sign) {
        if (file != null && file.split() != null) {
            splits.merge(
                    file.split(),
                    new SplitSummary(file.split(), sign, sign * file.size()),
                    (a, b) -> new SplitSummary(a.name(), a.files() + b.files(), a.bytes() + b.bytes()));
        }
    }

    List<SplitSummary> splits() {
        return List.copyOf(splits.values());
    }
}
