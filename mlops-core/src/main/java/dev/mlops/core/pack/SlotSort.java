package dev.mlops.core.pack;

/** Sorts the slots of a table by id without an object for each: first by their top bits, then within those. */
final class SlotSort {
    private static final int MAX_BITS = 22;
    private static final int SMALL = 24;

    private final BlobTable table;

    SlotSort(BlobTable table) {
        this.table = table;
    }

    int[] sort() {
        int size = table.size();
        int bits = Math.max(1, Math.min(MAX_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(size) - 3));
        int shift = Long.SIZE - bits;
        int[] ends = new int[1 << bits];
        for (int slot = 0; slot < size; slot++) {
            ends[(int) (table.idPart(slot, 0) >>> shift)]++;
        }
        int start = 0;
        for (int i = 0; i < ends.length; i++) {
            int count = ends[i];
            ends[i] = start;
            start += count;
        }
        int[] slots = new int[size];
        for (int slot = 0; slot < size; slot++) {
            slots[ends[(int) (table.idPart(slot, 0) >>> shift)]++] = slot;
        }
        int from = 0;
        for (int to : ends) {
            sort(slots, from, to);
            from = to;
        }
        return slots;
    }

    private void sort(int[] slots, int from, int to) {
        if (to - from <= SMALL) {
            insertionSort(slots, from, to);
        } else {
            heapSort(slots, from, to - from);
        }
    }

    private void insertionSort(int[] slots, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int slot = slots[i];
            int j = i;
            for (; j > from && isLess(slot, slots[j - 1]); j--) {
                slots[j] = slots[j - 1];
            }
            slots[j] = slot;
        }
    }

    /** For ids that somebody made alike: never worse than n log n, in place. */
    private void heapSort(int[] slots, int from, int count) {
        for (int i = count / 2 - 1; i >= 0; i--) {
            sift(slots, from, i, count);
        }
        for (int last = count - 1; last > 0; last--) {
            int greatest = slots[from];
            slots[from] = slots[from + last];
            slots[from + last] = greatest;
            sift(slots, from, 0, last);
        }
    }

    private void sift(int[] slots, int from, int start, int count) {
        int slot = slots[from + start];
        int i = start;
        for (int child = 2 * i + 1; child < count; child = 2 * i + 1) {
            if (child + 1 < count && isLess(slots[from + child], slots[from + child + 1])) {
                child++;
            }
            if (!isLess(slot, slots[from + child])) {
                break;
            }
            slots[from + i] = slots[from + child];
            i = child;
        }
        slots[from + i] = slot;
    }

    private boolean isLess(int left, int right) {
        for (int part = 0; part < 4; part++) {
            int order = Long.compareUnsigned(table.idPart(left, part), table.idPart(right, part));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }
}
