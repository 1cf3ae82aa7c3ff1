package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.dataset.SplitSummary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits by label, as {@link Split.Stratified} promises. Remembers eight bytes for each file that is not kept: 56 bits of
 * its hash, and its split. Two new files of one label whose 56 bits agree share a split, which with a million files
 * happens once in 100,000 versions and costs a balance of one file.
 */
final class StratifiedPass implements SplitPass {
    private static final int NOT_KEPT = -1;
    private static final double NOTHING = 1e-6;

    private final Split.Stratified split;
    private final FileLabels labels;
    private final String[] names;
    private final double[] shares;
    private final boolean isRestSplit;
    private final boolean keeps;
    private final Map<String, Group> groups = new HashMap<>();

    StratifiedPass(Split.Stratified split, List<SplitSummary> before, FileLabels labels) {
        this.split = split;
        this.labels = labels;
        this.names = split.shares().keySet().toArray(String[]::new);
        double sum = split.shares().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        this.isRestSplit = 1 - sum > NOTHING;
        this.shares = new double[names.length + (isRestSplit ? 1 : 0)];
        for (int i = 0; i < names.length; i++) {
            shares[i] = split.shares().getOrDefault(names[i], 0.0);
        }
        if (isRestSplit) {
            shares[names.length] = 1 - sum;
        }
        this.keeps = split.kept() == Split.Stratified.Kept.FROM_PARENT
                && before.stream()
                        .map(SplitSummary::name)
                        .sorted()
                        .toList()
                        .equals(Arrays.stream(names).sorted().toList());
    }

    @Override
    public void see(String path, @Nullable FileEntry before) {
        if (shares.length == 0 || labels.isApart(path)) {
            return;
        }
        Group group = groups.computeIfAbsent(labels.labelOf(path), label -> new Group(shares.length));
        int kept = kept(before);
        if (kept == NOT_KEPT) {
            group.add(SplitAssignment.hash(split.seed(), path));
        } else {
            group.keep(kept);
        }
    }

    @Override
    public @Nullable String splitOf(String path, @Nullable FileEntry before) {
        Group group = labels.isApart(path) ? null : groups.get(labels.labelOf(path));
        if (group == null) {
            return null;
        }
        int kept = kept(before);
        int index = kept == NOT_KEPT ? group.splitOf(SplitAssignment.hash(split.seed(), path), shares) : kept;
        return index < names.length ? names[index] : null;
    }

    private int kept(@Nullable FileEntry before) {
        if (!keeps || before == null) {
            return NOT_KEPT;
        }
        if (before.split() == null) {
            return isRestSplit ? names.length : NOT_KEPT;
        }
        return Arrays.asList(names).indexOf(before.split());
    }

    /** The files of one label. */
    private static final class Group {
        private static final long SPLIT = 0xff;

        private final long[] counts;
        private long[] files = new long[4];
        private int size;
        private boolean assigned;

        Group(int splits) {
            counts = new long[splits];
        }

        void keep(int split) {
            counts[split]++;
        }

        void add(long hash) {
            if (size == files.length) {
                files = Arrays.copyOf(files, Math.multiplyExact(size, 2));
            }
            files[size++] = place(hash);
        }

        /** In such a way that the signed order of longs is the unsigned order of hashes. */
        private static long place(long hash) {
            return (hash ^ Long.MIN_VALUE) & ~SPLIT;
        }

        int splitOf(long hash, double[] shares) {
            if (!assigned) {
                assign(shares);
                assigned = true;
            }
            int index = Arrays.binarySearch(files, 0, size, place(hash));
            return (int) (files[index < 0 ? -index - 1 : index] & SPLIT);
        }

        private void assign(double[] shares) {
            Arrays.sort(files, 0, size);
            long total = size + Arrays.stream(counts).sum();
            for (int i = 0; i < size; i++) {
                int split = furthestBelow(shares, total);
                counts[split]++;
                files[i] |= split;
            }
        }

        private int furthestBelow(double[] shares, long total) {
            int best = 0;
            for (int i = 1; i < shares.length; i++) {
                if (shares[i] * total - counts[i] > shares[best] * total - counts[best]) {
                    best = i;
                }
            }
            return best;
        }
    }
}
