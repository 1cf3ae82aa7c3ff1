package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.pack.ListNode.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ListPropertyTest {
    private final Map<BlobId, byte[]> nodes = new HashMap<>();

    private byte[] build(List<Item> items) {
        ListBuilder builder = new ListBuilder((id, bytes) -> {
            assertThat(PackObjects.idOf(bytes)).isEqualTo(id);
            nodes.put(id, bytes);
        });
        items.forEach(item -> builder.add(item.id(), item.length()));
        return builder.finish();
    }

    private static List<Item> items(long seed, int count) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(new Item(PackObjects.id(seed + i), 1 + i % 1000));
        }
        return items;
    }

    private void collect(ListNode node, List<Item> into) {
        for (int i = 0; i < node.count(); i++) {
            if (node.level() == 1) {
                into.add(node.items().get(i));
            } else {
                collect(node.parseChild(i, nodes.get(node.id(i))), into);
            }
        }
    }

    @Property(tries = 30)
    void aListGivesItsItemsBack(
            @ForAll @IntRange(max = 1 << 30) int seed, @ForAll @IntRange(min = 1, max = 6000) int count) {
        List<Item> items = items(seed, count);
        byte[] top = build(items);
        ListNode node = ListNode.parse(top);
        List<Item> found = new ArrayList<>();
        collect(node, found);
        assertThat(found).isEqualTo(items);
        assertThat(node.length())
                .isEqualTo(items.stream().mapToLong(Item::length).sum());
        assertThat(build(items)).isEqualTo(top);
        assertThat(node.level() == 1 || node.count() > 1).isTrue();
    }

    @Property(tries = 10)
    void lengthsAndPlacesMayBeBeyondFourGigabytes(@ForAll @IntRange(max = 1 << 30) int seed) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            items.add(new Item(PackObjects.id(seed + (long) i), StoreFormat.MAX_BLOB - i % 3));
        }
        ListNode top = ListNode.parse(build(items));
        List<Item> found = new ArrayList<>();
        collect(top, found);

        assertThat(found).isEqualTo(items);
        assertThat(top.length())
                .isEqualTo(items.stream().mapToLong(Item::length).sum())
                .isGreaterThan(1L << 36);
        Item huge = new Item(PackObjects.id(seed), Long.MAX_VALUE / 2 + 1);
        assertThat(ListNode.parse(ListNode.encode(2, List.of(huge))).length(0)).isEqualTo(huge.length());
        refused(ListNode.encode(2, List.of(huge, huge)));
    }

    @Property(tries = 30)
    void aChangeOfOneItemChangesFewNodes(
            @ForAll @IntRange(max = 1 << 30) int seed, @ForAll @IntRange(max = 19_999) int changed) {
        List<Item> items = items(seed, 20_000);
        build(items);
        int before = nodes.size();
        items.set(changed, new Item(PackObjects.id(-1), 7));
        build(items);
        assertThat(before).isGreaterThan(30);
        assertThat(nodes.size() - before).isBetween(0, 8);
    }

    @Property(tries = 300)
    void aChangedOrCutNodeIsRefused(
            @ForAll @IntRange(max = 100_000) int position, @ForAll @IntRange(min = 1, max = 255) int flip) {
        byte[] bytes = ListNode.encode(1, items(1, 10));
        byte[] changed = bytes.clone();
        changed[position % bytes.length] ^= (byte) flip;
        refused(changed);
        refused(Arrays.copyOf(bytes, position % bytes.length));
    }

    @Property(tries = 500)
    void aForgedNodeIsRefusedOrSound(@ForAll @IntRange(max = 100_000) int position, @ForAll int value) {
        byte[] bytes = ListNode.encode(2, items(1, 10));
        int body = bytes.length - ListNode.DIGEST;
        BigEndian.putInt(bytes, position % (body / 4) * 4, value);
        System.arraycopy(Sha256.newDigest().digest(Arrays.copyOf(bytes, body)), 0, bytes, body, ListNode.DIGEST);
        try {
            ListNode node = ListNode.parse(bytes);
            assertThat(node.length())
                    .isEqualTo(node.items().stream().mapToLong(Item::length).reduce(0, Math::addExact));
            assertThat(node.items()).allMatch(item -> item.length() > 0);
        } catch (IntegrityException refused) {
            assertThat(refused).hasMessageContaining("list node");
        }
    }

    @Property(tries = 300)
    void noiseIsRefused(@ForAll byte[] noise) {
        refused(noise);
    }

    @Example
    void nodesAreWithinTheirBounds() {
        List<Item> alike = Collections.nCopies(10_000, new Item(new BlobId(1, 2, 3, 4), 1));
        ListNode top = ListNode.parse(build(alike));
        assertThat(top.items()).extracting(Item::length).containsExactly(4096L, 4096L, 1808L);
        List<Item> ends = Collections.nCopies(100, new Item(new BlobId(1, 2, 3, 0), 1));
        assertThat(ListNode.endsNode(ends.get(0).id())).isTrue();
        assertThat(ListNode.parse(build(ends)).items()).extracting(Item::length).containsExactly(32L, 32L, 32L, 4L);
        assertThat(ListNode.parse(build(ends.subList(0, 32))).level()).isEqualTo(1);
    }

    @Example
    void aChildThatIsAnotherNodeIsRefused() {
        List<Item> items = Collections.nCopies(5000, new Item(new BlobId(1, 2, 3, 4), 1));
        byte[] bytes = build(items);
        ListNode top = ListNode.parse(bytes);
        byte[] second = nodes.get(top.id(1));
        assertThat(top.parseChild(1, second).count()).isEqualTo(904);
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> top.parseChild(0, second));
        byte[] wrongLevel = ListNode.encode(3, List.of(new Item(top.id(0), 4096)));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> ListNode.parse(wrongLevel).parseChild(0, nodes.get(top.id(0))))
                .withMessageContaining("level 1");
    }

    @Example
    void thereIsNoListOfNothing() {
        assertThatIllegalStateException().isThrownBy(() -> build(List.of()));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> ListNode.encode(1, List.of()));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ListNode.encode(1, List.of(new Item(PackObjects.id(1), 0))));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> ListNode.encode(1, items(1, 4097)));
    }

    private static void refused(byte[] bytes) {
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> ListNode.parse(bytes));
    }
}
