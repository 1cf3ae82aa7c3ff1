package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ManifestPropertyTest {
    private final ManifestFixture fixture = new ManifestFixture();

    @Provide
    Arbitrary<FileEntry> file() {
        return ManifestFixture.files();
    }

    @Provide
    Arbitrary<List<FileEntry>> files() {
        return ManifestFixture.files().list().uniqueElements(FileEntry::path).ofMaxSize(40);
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll("files") List<FileEntry> files) {
        StoredManifest manifest = fixture.write(files);
        assertThat(ManifestFixture.entries(manifest)).isEqualTo(ManifestFixture.sorted(files));
        assertThat(manifest.files()).isEqualTo(files.size());
        assertThat(manifest.bytes())
                .isEqualTo(files.stream().mapToLong(FileEntry::size).sum());
        for (FileEntry file : files) {
            assertThat(manifest.find(file.path())).contains(file);
            assertThat(manifest.find(file.path() + "!")).isEmpty();
        }
    }

    @Property(tries = 1000)
    void bothReadersReadTheSame(@ForAll("file") FileEntry file) {
        byte[] line = line(file);
        assertThat(new EntryDecoder().decode(line, 0, line.length)).isEqualTo(file);
        assertThat(EntryDecoder.decodeAny(line, 0, line.length)).isEqualTo(file);
    }

    @Property(tries = 2000)
    void bothReadersRefuseTheSame(@ForAll("file") FileEntry file, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] line = mutate(line(file), random);
        FileEntry expected = read(() -> EntryDecoder.decodeAny(line, 0, line.length));
        FileEntry found = read(() -> new EntryDecoder().decode(line, 0, line.length));
        assertThat(found).isEqualTo(expected);
    }

    private static byte[] line(FileEntry file) {
        LineBuffer out = new LineBuffer(16);
        EntryLine.write(file, out);
        byte[] line = out.toBytes();
        return Arrays.copyOf(line, line.length - 1);
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        byte[] signs = "\"\\{}[]:,0-9 \n\0\u007f".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int i = random.nextInt(3); i >= 0; i--) {
            byte value = random.nextBoolean() ? signs[random.nextInt(signs.length)] : (byte) random.nextInt();
            mutated[random.nextInt(mutated.length)] = value;
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(mutated, random.nextInt(mutated.length + 1)) : mutated;
    }

    private static FileEntry read(java.util.function.Supplier<FileEntry> reader) {
        try {
            return reader.get();
        } catch (IntegrityException e) {
            return null;
        }
    }

    @Property(tries = 500)
    void changedBytesAreRefusedOrGiveAnotherManifest(@ForAll("files") List<FileEntry> files, @ForAll long seed) {
        Random random = new Random(seed);
        ManifestFixture own = new ManifestFixture();
        Sha256 root = own.write(files).digest();
        List<Sha256> parts = own.contents.digests().stream().sorted().toList();
        Sha256 victim = parts.get(random.nextInt(parts.size()));
        own.contents.replace(victim, mutate(own.contents.bytes(victim), random));
        try {
            StoredManifest manifest = Manifests.uncached(own.contents).open(root);
            List<FileEntry> found = ManifestFixture.entries(manifest);
            assertThat(found).hasSize((int) manifest.files()).isEqualTo(ManifestFixture.sorted(found));
        } catch (IntegrityException e) {
            assertThat(e).hasMessageContaining("manifest");
        }
    }

    @Property(tries = 300)
    void noiseIsRefused(@ForAll byte[] noise) {
        ManifestFixture own = new ManifestFixture();
        Sha256 root = own.contents.putMetadata("noise", noise).digest();
        assertThat(refuses(() -> own.manifests.open(root))).isTrue();
    }

    private static boolean refuses(Runnable call) {
        try {
            call.run();
            return false;
        } catch (IntegrityException e) {
            return true;
        }
    }

    @Property(tries = 300)
    void aCursorBeginsWhereATreeMapDoes(@ForAll("files") List<FileEntry> files, @ForAll("from") String from) {
        TreeMap<String, FileEntry> tree = new TreeMap<>(dev.mlops.core.file.PathOrder.BY_CODE_POINT);
        files.forEach(file -> tree.put(file.path(), file));
        List<FileEntry> found = new ArrayList<>();
        fixture.write(files).from(from).forEachRemaining(found::add);
        assertThat(found).isEqualTo(List.copyOf(tree.tailMap(from, true).values()));
    }

    @Provide
    Arbitrary<String> from() {
        return Arbitraries.oneOf(ManifestFixture.paths(), Arbitraries.of("", "a", "\ud83c", "\uffff"));
    }
}
