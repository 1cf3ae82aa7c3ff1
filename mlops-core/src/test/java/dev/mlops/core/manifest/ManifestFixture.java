package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.core.file.PathOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Manifests of a store in memory. */
final class ManifestFixture {
    final MemoryContents contents = new MemoryContents();
    final Manifests manifests = Manifests.cached(() -> contents);

    StoredManifest write(Collection<FileEntry> entries) {
        ManifestWriter writer = new ManifestWriter(contents);
        sorted(entries).forEach(writer::add);
        return manifests.open(writer.finish(null).digest());
    }

    static List<FileEntry> sorted(Collection<FileEntry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(FileEntry::path, PathOrder.BY_CODE_POINT))
                .toList();
    }

    static List<FileEntry> entries(StoredManifest manifest) {
        List<FileEntry> entries = new ArrayList<>();
        manifest.entries().forEachRemaining(entries::add);
        return entries;
    }

    static FileEntry file(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new FileEntry(path, bytes.length, Sha256.of(bytes), "text/plain", null);
    }

    static FileEntry folder(String path) {
        return new FileEntry(
                path, FileKind.FOLDER, 0, Sha256.of(new byte[0]), "inode/directory", null, null, MediaFacts.NONE);
    }

    static FileEntry at(FileEntry entry, long millis) {
        return new FileEntry(
                entry.path(),
                entry.kind(),
                entry.size(),
                entry.sha256(),
                entry.mediaType(),
                entry.split(),
                Instant.ofEpochMilli(millis),
                entry.facts());
    }

    /** Files named {@code d012/f0123456}. */
    static List<FileEntry> many(int count) {
        List<FileEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(file("d%03d/f%07d".formatted(i / 1000, i), "content " + i));
        }
        return entries;
    }

    /** Any paths that a manifest can hold. */
    static Arbitrary<String> paths() {
        Arbitrary<String> part = Arbitraries.strings()
                .withChars('a', 'b', 'ß', '"', ' ', '.', '-', '{', '\'', '\uffee', '\u2028', 'e')
                .withChars("日本\u0301")
                .ofMinLength(1)
                .ofMaxLength(6)
                .map(text -> text.equals(".") || text.equals("..") ? "dots" : text);
        Arbitrary<String> wide = Arbitraries.of("\ud83c\udfaf", "\ud83c\udfb0x", "x".repeat(500), "é");
        return Arbitraries.oneOf(part, wide).list().ofMinSize(1).ofMaxSize(2).map(parts -> String.join("/", parts));
    }

    /** Any files that a manifest can hold. */
    static Arbitrary<FileEntry> files() {
        Arbitrary<MediaFacts> facts = Arbitraries.oneOf(
                Arbitraries.just(MediaFacts.NONE),
                Combinators.combine(
                                Arbitraries.integers().greaterOrEqual(0).injectNull(0.3),
                                Arbitraries.integers().greaterOrEqual(0).injectNull(0.3),
                                Arbitraries.longs().greaterOrEqual(0).injectNull(0.3),
                                Arbitraries.longs().greaterOrEqual(0).injectNull(0.3))
                        .as(MediaFacts::new));
        return Combinators.combine(
                        paths(),
                        Arbitraries.of(FileKind.class),
                        Arbitraries.longs().between(0, 1L << 50),
                        Arbitraries.of("image/png", "text/plain; charset=\"utf-8\"", "a/b"),
                        Arbitraries.of("train", "test").injectNull(0.5),
                        Arbitraries.longs().injectNull(0.5).map(millis -> millis == null ? null : millis / 100_000),
                        facts)
                .as((path, kind, size, type, split, millis, found) -> new FileEntry(
                        path,
                        kind,
                        kind == FileKind.FOLDER ? 0 : size,
                        Sha256.of(new byte[] {size.byteValue()}),
                        type,
                        split,
                        millis == null ? null : Instant.ofEpochMilli(millis),
                        found));
    }
}
