package dev.mlops.core.content;

import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The packs that this process knows, numbered so that a blob's place takes few bytes. Thread-safe. */
final class PackNames {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet live = new BitSet();
    private PackRecord[] packs = new PackRecord[64];

    /** Notes a pack as live; gives its number. */
    synchronized int add(PackRecord pack) {
        int number = numbers.computeIfAbsent(pack.id(), id -> numbers.size());
        if (number == packs.length) {
            packs = Arrays.copyOf(packs, 2 * number);
        }
        packs[number] = pack;
        live.set(number);
        return number;
    }

    /** The number of a live pack, or -1. */
    synchronized int find(String id) {
        Integer number = numbers.get(id);
        return number == null || !live.get(number) ? -1 : number;
    }

    synchronized PackRecord pack(int number) {
        return packs[number];
    }

    synchronized boolean isLive(int number) {
        return live.get(number);
    }

    /** The numbers of the live packs. */
    synchronized BitSet live() {
        return (BitSet) live.clone();
    }

    /** Notes that all other packs are gone. */
    synchronized void retain(Collection<String> ids) {
        Set<String> kept = new HashSet<>(ids);
        numbers.forEach((id, number) -> live.set(number, kept.contains(id)));
    }
}
