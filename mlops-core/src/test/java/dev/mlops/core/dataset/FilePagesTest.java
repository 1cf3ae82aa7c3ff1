package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.core.file.Glob;
import dev.mlops.core.manifest.Manifest;
import dev.mlops.core.manifest.ManifestWriter;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.MemoryContents;
import dev.mlops.core.manifest.StoredManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of a manifest of some twenty segments is read to answer a query. */
class FilePagesTest {
    private static final int FOLDERS = 20;
    private static final int FILES = 1_000;
    private static final int ROOT = 1;

    private final MemoryContents contents = new MemoryContents();
    private final List<FileEntry> all = new ArrayList<>();
    private DatasetVersion version;
    private StoredManifest manifest;

    @BeforeEach
    void write() {
        ManifestWriter writer = new ManifestWriter(contents);
        for (int i = 0; i < FOLDERS * FILES; i++) {
            String path = "d%02d/f%05d.%s".formatted(i / FILES, i, i % 2 == 0 ? "png" : "txt");
            FileEntry entry = new FileEntry(path, 3, Sha256.of(new byte[] {1, 2, 3}), "image/png", null);
            writer.add(entry);
            all.add(entry);
        }
        Manifest written = writer.finish(null);
        version = new DatasetVersion(
                "id",
                "project",
                "dataset",
                "data:V001",
                "V001",
                1,
                null,
                null,
                "",
                Map.of(),
                written.digest(),
                written.files(),
                written.bytes(),
                List.of(),
                "me",
                "me",
                Instant.EPOCH);
        manifest = Manifests.cached(() -> contents).open(version.manifest());
        assertThat(manifest.segments()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "d07/*.png            | 3",
                "d07/f07500.png       | 2",
                "d07/f071??.{png,txt} | 2",
                "d07/nothing*         | 2",
                "x/*                  | 1",
                "a/*                  | 1",
                "d07/**               | 3",
            })
    void aGlobReadsOnlyWhatItsBeginningAllows(String glob, int segments) {
        List<FileEntry> expected = matching(glob);

        assertThat(page(FileQuery.glob(glob), PageRequest.first(1_000)).items()).isEqualTo(expected);
        assertThat(opened()).isLessThanOrEqualTo(ROOT + segments);

        List<FileEntry> filtered = new ArrayList<>();
        new FilteredFiles(manifest, new FileFilter(version, FileQuery.glob(glob))).forEachRemaining(filtered::add);
        assertThat(filtered).isEqualTo(expected);
    }

    @Test
    void aGlobThatBeginsAnywhereReadsAll() {
        assertThat(page(FileQuery.glob("*/f07500.png"), PageRequest.first(10)).items())
                .hasSize(1);
        assertThat(opened()).isEqualTo(ROOT + manifest.segments().size());
    }

    @Test
    void aPrefixReadsItsSegmentsOnly() {
        assertThat(page(FileQuery.prefix("d07/"), PageRequest.first(1_000)).items())
                .hasSize(FILES)
                .allMatch(entry -> entry.path().startsWith("d07/"));
        assertThat(opened()).isLessThanOrEqualTo(ROOT + 3);
    }

    @Test
    void aPageReadsWhatIsOnItOnly() {
        Page<FileEntry> first = page(FileQuery.ALL, PageRequest.first(10));
        Page<FileEntry> second =
                page(FileQuery.ALL, new PageRequest(10, first.nextToken().orElseThrow()));
        assertThat(second.items()).isEqualTo(all.subList(10, 20));
        assertThat(opened()).isLessThanOrEqualTo(ROOT + 2);
    }

    @Test
    void aPrefixAndAGlobMustBothBeginAPath() {
        FileQuery disjoint = query("d07/", "d08/*");
        assertThat(page(disjoint, PageRequest.first(10)).items()).isEmpty();
        assertThat(opened()).isLessThanOrEqualTo(ROOT + 1);

        assertThat(page(query("d", "d07/f0700*.png"), PageRequest.first(10)).items())
                .isEqualTo(matching("d07/f0700*.png"));
        assertThat(page(query("d07/f0700", "d*/*.png"), PageRequest.first(10)).items())
                .isEqualTo(matching("d07/f0700*.png"));
        assertThat(opened()).isLessThanOrEqualTo(ROOT + 3);
    }

    private static FileQuery query(String prefix, String glob) {
        return new FileQuery(prefix, glob, null);
    }

    private List<FileEntry> matching(String glob) {
        Glob matcher = Glob.of("glob", glob);
        return all.stream().filter(entry -> matcher.matches(entry.path())).toList();
    }

    private Page<FileEntry> page(FileQuery query, PageRequest request) {
        return new FilePages(version, manifest, query).page(request);
    }

    private int opened() {
        return contents.opened();
    }
}
