package dev.mlops.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.ColumnType;
import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.ImageSize;
import dev.mlops.api.dataset.DatasetSummary.SizeCount;
import dev.mlops.api.dataset.DatasetSummary.Table;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.dataset.TableColumn;
import dev.mlops.api.error.IntegrityException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SummaryCollectorTest {
    private static final Inspection TABLE =
            new Inspection("text/csv", rows(40), List.of(new TableColumn("id", ColumnType.INTEGER, false)), 1);

    @Test
    void everythingIsCounted() {
        SummaryCollector collector = new SummaryCollector(null);
        collector.add(file("a.png", 100, "image/png", size(8, 8)));
        collector.add(file("b.png", 50, "image/png", size(16, 4)));
        collector.add(file("c.png", 50, "image/png", size(8, 8)));
        collector.add(file("a.wav", 3000, "audio/vnd.wave", new MediaFacts(null, null, 61_500L, null)));
        collector.add(file("t.csv", 70, "text/csv", rows(40)), TABLE);
        collector.add(entry("empty", FileKind.FOLDER, 0, "inode/directory", MediaFacts.NONE));
        collector.add(entry("link", FileKind.LINK, 5, "inode/symlink", MediaFacts.NONE));
        DatasetSummary summary = collector.summary();

        assertThat(summary.images().common())
                .containsExactly(new SizeCount(new ImageSize(8, 8), 2), new SizeCount(new ImageSize(16, 4), 1));
        assertThat(summary).hasToString("""
                6 files, 3,275 bytes, 1 empty folder, 1 link
                  audio/vnd.wave  1 file   3,000 bytes
                  image/png       3 files    200 bytes
                  text/csv        1 file      70 bytes
                  3 pictures, 8×8 to 16×4; most are 8×8 (2), 16×4 (1)
                  1 recording, 0:01:01.500
                  t.csv: 40 rows of id integer""");
        assertThat(DatasetSummaryJson.fromJson(DatasetSummaryJson.toJson(summary)))
                .isEqualTo(summary);
    }

    @Test
    void nothingGivesAnEmptySummary() {
        DatasetSummary summary = new SummaryCollector(null).summary();
        assertThat(summary).hasToString("0 files, 0 bytes");
        assertThat(DatasetSummaryJson.fromJson(DatasetSummaryJson.toJson(summary)))
                .isEqualTo(summary);
    }

    @Test
    void columnsOfAnUnchangedTableComeFromTheParent() {
        FileEntry table = file("t.csv", 70, "text/csv", rows(40));
        SummaryCollector first = new SummaryCollector(null);
        first.add(table, TABLE);
        SummaryCollector second = new SummaryCollector(first.summary());
        second.add(table);
        assertThat(second.summary()).isEqualTo(first.summary());

        SummaryCollector changed = new SummaryCollector(first.summary());
        changed.add(new FileEntry("t.csv", FileKind.FILE, 70, sha("other"), "text/csv", null, null, rows(40)));
        assertThat(changed.summary().tables()).singleElement().satisfies(unknown -> {
            assertThat(unknown.rows()).isEqualTo(40);
            assertThat(unknown.columns()).isEmpty();
        });
    }

    @Property(tries = 50)
    void orderAndPartsDoNotMatter(@ForAll Random random) {
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            MediaFacts facts = i % 2 == 0 ? size(1 + i % 17, 1 + i % 7) : rows(i);
            files.add(file("f" + i, i % 50, "type/" + i % 70, facts));
        }
        SummaryCollector whole = new SummaryCollector(null);
        files.forEach(whole::add);
        Collections.shuffle(files, random);
        SummaryCollector left = new SummaryCollector(null);
        SummaryCollector right = new SummaryCollector(null);
        files.forEach(file -> (random.nextBoolean() ? left : right).add(file));
        left.add(file("one", 1, "a/b", size(1, 1)));
        whole.add(file("one", 1, "a/b", size(1, 1)));
        left.merge(right);
        assertThat(left.summary()).isEqualTo(whole.summary());
    }

    @Test
    void theSizeIsBoundedWhateverComes() {
        SummaryCollector collector = new SummaryCollector(null);
        List<TableColumn> columns = new ArrayList<>();
        for (int i = 0; i < ColumnGuess.MAX_COLUMNS; i++) {
            columns.add(new TableColumn("\u0007".repeat(ColumnGuess.MAX_NAME), ColumnType.DATE_TIME, true));
        }
        Inspection wide = new Inspection("text/csv", rows(1), columns, 5000);
        for (int i = 0; i < 20_000; i++) {
            collector.add(file("image" + i, 1, "a/" + i, size(i + 1, 7)));
        }
        for (int i = 0; i < 100; i++) {
            collector.add(file("ä".repeat(1000) + i, 10 + i, "text/csv", rows(1)), wide);
        }
        DatasetSummary summary = collector.summary();
        assertThat(summary.types()).hasSize(51);
        assertThat(summary.types().get(50).mediaType()).isEqualTo(DatasetSummary.OTHER);
        assertThat(summary.types().stream()
                        .mapToLong(DatasetSummary.TypeCount::files)
                        .sum())
                .isEqualTo(20_100);
        assertThat(summary.images().common()).isEmpty();
        assertThat(summary.images().largest()).isEqualTo(new ImageSize(20_000, 7));
        assertThat(summary.tables()).hasSize(20);

        String json = DatasetSummaryJson.toJson(summary);
        assertThat(json.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(DatasetSummaryJson.MAX_BYTES);
        List<Table> kept = DatasetSummaryJson.fromJson(json).tables();
        assertThat(kept).hasSize(20);
        assertThat(kept.get(0).columns()).hasSize(200);
        assertThat(kept.get(19).columns()).isEmpty();
    }

    @Test
    void aSummaryThatCannotBeReadIsRefused() {
        String good = DatasetSummaryJson.toJson(new SummaryCollector(null).summary());
        for (String bad : new String[] {
            "",
            "[]",
            "nonsense",
            good.replace("\"version\":1", "\"version\":2"),
            good.replace("\"files\":0", "\"files\":-1"),
            good.replace("\"files\":0", "\"files\":\"0\""),
            good.replace(
                    "\"tables\":[]", "\"tables\":[{\"path\":\"a\",\"sha256\":\"12\",\"rows\":1,\"columnCount\":1}]"),
            good.replace("\"tables\"", "\"images\":{\"files\":1,\"smallest\":[1]},\"tables\"")
        }) {
            assertThatThrownBy(() -> DatasetSummaryJson.fromJson(bad)).isInstanceOf(IntegrityException.class);
        }
        assertThat(DatasetSummaryJson.fromJson(good.replace("\"links\"", "\"news\":[1],\"links\""))
                        .links())
                .isZero();
    }

    private static FileEntry file(String path, long size, String type, MediaFacts facts) {
        return entry(path, FileKind.FILE, size, type, facts);
    }

    private static FileEntry entry(String path, FileKind kind, long size, String type, MediaFacts facts) {
        return new FileEntry(path, kind, size, sha(path), type, null, null, facts);
    }

    private static Sha256 sha(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MediaFacts size(int width, int height) {
        return new MediaFacts(width, height, null, null);
    }

    private static MediaFacts rows(long rows) {
        return new MediaFacts(null, null, null, rows);
    }
}
