package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveFilesTest {
    private static final byte[] TEXT = "some text".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private ArchiveOptions options(ArchiveLimits limits, LinkPolicy links, PathFilter filter) {
        return new ArchiveOptions(filter, links, WalkOptions.EmptyFolders.RECORD, limits, directory.resolve("staging"));
    }

    private ArchiveOptions options() {
        return options(ArchiveLimits.DATASET, LinkPolicy.REFUSE, PathFilter.ALL);
    }

    private static ArchiveOptions with(ArchiveOptions options, LinkPolicy links) {
        return new ArchiveOptions(options.filter(), links, options.emptyFolders(), options.limits(), options.staging());
    }

    private static Map<String, byte[]> read(SourceFiles files) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (files) {
            while (files.hasNext()) {
                SourceFile file = files.next();
                try (InputStream in = file.open()) {
                    contents.put(file.kind() + " " + file.path(), in.readAllBytes());
                }
            }
        }
        return contents;
    }

    private Map<String, byte[]> read(byte[] archive, ArchiveOptions options) throws IOException {
        return read(ArchiveFiles.open("upload", new ByteArrayInputStream(archive), options));
    }

    private void assertRefused(byte[] archive, ArchiveOptions options, String... said) {
        assertThatThrownBy(() -> read(archive, options))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains(said);
    }

    private void assertRefused(byte[] archive, String... said) {
        assertRefused(archive, options(), said);
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void everyFormatIsKnownByItsBytesFromDiskAndFromAStream() throws IOException {
        byte[] large = noise(3 << 20);
        String longName = "long/" + "n\u00e4me/".repeat(60) + "x";
        byte[] tar = new TestTar()
                .folder("z/")
                .file("z/b", TEXT)
                .file("./a", large)
                .folder("empty/deep/")
                .folder("empty/")
                .file(longName, TEXT)
                .file("nothing", new byte[0])
                .bytes();
        byte[] zip = new TestZip()
                .entry("z/", 040755, new byte[0])
                .entry("z/b", TEXT)
                .entry("a", large)
                .entry("empty/deep/", 040755, new byte[0])
                .entry("empty/", 040755, new byte[0])
                .entry(longName, TEXT)
                .entry("nothing", new byte[0])
                .bytes();
        for (byte[] archive : List.of(tar, TestTar.gzip(tar), TestTar.zstd(tar), zip)) {
            Path file = Files.write(directory.resolve("archive.bin"), archive);
            for (Map<String, byte[]> found :
                    List.of(read(archive, options()), read(ArchiveFiles.open(file, options())))) {
                assertThat(found.keySet())
                        .containsExactly("FILE z/b", "FILE a", "FILE " + longName, "FILE nothing", "FOLDER empty/deep");
                assertThat(found.get("FILE a")).isEqualTo(large);
                assertThat(found.get("FILE z/b")).isEqualTo(TEXT);
            }
        }
    }

    @Test
    void timesAreTold() throws IOException {
        byte[] tar = new TestTar().file("a", TEXT).bytes();
        try (SourceFiles files = ArchiveFiles.open("upload", new ByteArrayInputStream(tar), options())) {
            assertThat(files.next().modifiedAt().orElseThrow().toEpochMilli()).isEqualTo(1_600_000_000_000L);
        }
    }

    @Test
    void whatIsNotWantedIsLeftOut() throws IOException {
        byte[] tar = new TestTar()
                .file("keep/a.png", TEXT)
                .file("keep/large.bin", noise(2 << 20))
                .file("cache/b.png", TEXT)
                .link("cache/link", TarConstants.LF_SYMLINK, "/etc")
                .bytes();
        PathFilter filter = PathFilter.of(List.of("**.png"), List.of("cache"));

        assertThat(read(tar, options(ArchiveLimits.DATASET, LinkPolicy.SKIP, filter))
                        .keySet())
                .containsExactly("FILE keep/a.png");
    }

    @Test
    void hostileNamesAreRefused() {
        for (String name : List.of("../a", "a/../../b", "a//b", "/a", "C:/a", "a\\b", "a\nb", "a/./b")) {
            assertRefused(new TestTar().file(name, TEXT).bytes(), "tar entry");
        }
        assertRefused(new TestTar().folder("../").bytes(), "tar entry");
    }

    @Test
    void namesThatCollideAreRefused() {
        assertRefused(new TestTar().file("a", TEXT).file("a", TEXT).bytes(), "'a'", "twice");
        assertRefused(new TestTar().file("d/a", TEXT).file("D/A", TEXT).bytes(), "'d/a'", "only in case");
        assertRefused(new TestTar().file("a", TEXT).file("a/b", TEXT).bytes(), "'a' is a file");
        assertRefused(new TestTar().file("a", TEXT).folder("A/").bytes(), "'a'");
        assertRefused(
                new TestTar().file("caf\u00e9", TEXT).file("cafe\u0301", TEXT).bytes(), "Unicode");
    }

    @Test
    void linksAreTreatedAsToldAndNeverLeadOut() throws IOException {
        byte[] tar = new TestTar()
                .file("d/a", TEXT)
                .link("d/link", TarConstants.LF_SYMLINK, "../d/a")
                .bytes();
        byte[] zip = new TestZip()
                .entry("d/a", TEXT)
                .entry("d/link", 0120777, "../d/a".getBytes(StandardCharsets.UTF_8))
                .bytes();
        for (byte[] archive : List.of(tar, zip)) {
            assertRefused(archive, "'d/link'", "symbolic link");
            assertThat(read(archive, with(options(), LinkPolicy.SKIP)).keySet()).containsExactly("FILE d/a");
            Map<String, byte[]> recorded = read(archive, with(options(), LinkPolicy.RECORD));
            assertThat(recorded.keySet()).containsExactly("FILE d/a", "LINK d/link");
            assertThat(recorded.get("LINK d/link")).isEqualTo("../d/a".getBytes(StandardCharsets.UTF_8));
        }
        for (String target : List.of("/etc/passwd", "../../x", "a/../../../x", "c:/x", "a\\b", "")) {
            ArchiveOptions recording = with(options(), LinkPolicy.RECORD);
            assertRefused(
                    new TestTar().link("d/l", TarConstants.LF_SYMLINK, target).bytes(), recording, "d/l");
            byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
            assertRefused(new TestZip().entry("d/l", 0120777, bytes).bytes(), recording, "d/l");
        }
    }

    @Test
    void hardLinksAndDevicesAreRefused() {
        assertRefused(
                new TestTar()
                        .file("a", TEXT)
                        .link("b", TarConstants.LF_LINK, "a")
                        .bytes(),
                "'b'",
                "hard link");
        for (byte type : new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO}) {
            assertRefused(new TestTar().special("dev", type).bytes(), "'dev'", "no regular file");
        }
    }

    @Test
    void amountsAreCountedWhileTheyAreRead() {
        byte[] tar = new TestTar().file("a", noise(600)).file("b", noise(600)).bytes();
        ArchiveLimits few = new ArchiveLimits(1, 1 << 20, 100, 1 << 20);
        ArchiveLimits small = new ArchiveLimits(10, 1_000, 100, 1 << 20);

        for (byte[] archive : List.of(tar, TestTar.gzip(tar), TestTar.zstd(tar))) {
            assertRefused(archive, options(few, LinkPolicy.REFUSE, PathFilter.ALL), "'b'", "at most 1");
            assertRefused(archive, options(small, LinkPolicy.REFUSE, PathFilter.ALL), "'b'", "1000 bytes");
        }
    }

    @Test
    void bombsAreStoppedAlsoWhereNobodyWantsThem() {
        byte[] tar = new TestTar().file("bomb", new byte[40 << 20]).bytes();
        ArchiveLimits limits = new ArchiveLimits(10, 1L << 40, 100, 1 << 20);
        PathFilter nothing = PathFilter.of(List.of(), List.of("bomb"));
        for (byte[] archive : List.of(TestTar.gzip(tar), TestTar.zstd(tar))) {
            assertRefused(archive, options(limits, LinkPolicy.REFUSE, PathFilter.ALL), "'bomb'", "100 times");
            assertRefused(archive, options(limits, LinkPolicy.REFUSE, nothing), "'bomb'", "100 times");
        }
    }

    @Test
    void aHeaderWithoutEndIsNotHeldInMemory() {
        byte[] tar = new TestTar()
                .special("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME)
                .bytes();
        byte[] header = Arrays.copyOf(tar, 512);
        System.arraycopy("77777777777\0".getBytes(StandardCharsets.US_ASCII), 0, header, 124, 12);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        byte[] checksum = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, header, 148, 8);
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'a';
            }
        };
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(header), endless);
        assertThatThrownBy(() -> read(ArchiveFiles.open("upload", in, options())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("header");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] tar =
                new TestTar().file("a.txt", noise(300)).file("b/c.txt", TEXT).bytes();
        int end = 2 * (512 + 512); // what follows is zeros, of which the first block must be there
        for (int length = 0; length < end + 512; length += length < end ? 37 : 1) {
            assertRefused(Arrays.copyOf(tar, length), "upload");
        }
        byte[] gzip = TestTar.gzip(tar);
        for (int length = 0; length < gzip.length; length++) {
            assertRefused(Arrays.copyOf(gzip, length), "upload");
        }
        byte[] zstd = TestTar.zstd(tar);
        for (int length = 0; length < zstd.length; length++) {
            assertRefused(Arrays.copyOf(zstd, length), "upload");
        }
    }

    @Test
    void damageIsRefusedOrGivesSomeBytes() throws IOException {
        byte[] tar =
                new TestTar().file("a.txt", noise(300)).file("b/c.txt", TEXT).bytes();
        for (byte[] archive : List.of(Arrays.copyOf(tar, 3_072), TestTar.gzip(tar), TestTar.zstd(tar))) {
            for (int i = 0; i < archive.length; i++) {
                byte[] damaged = archive.clone();
                damaged[i] ^= (byte) (1 << (i % 8));
                try {
                    assertThat(read(damaged, options()).values()).hasSizeLessThanOrEqualTo(2);
                } catch (InvalidInputException refused) {
                    assertThat(refused).hasMessageMatching("(?s).*(upload|tar entry).*");
                }
            }
        }
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        for (int size : new int[] {0, 1, 511, 512, 70_000}) {
            assertRefused(noise(size), "upload", "no zip, tar");
        }
        assertRefused(TestTar.gzip(noise(5_000)), "upload", "no zip, tar");
        assertThatThrownBy(() -> ArchiveFiles.open(directory, options())).hasMessageContaining("no regular file");
    }

    @Test
    void aStreamThatFailsIsNoFaultOfTheArchive() throws IOException {
        byte[] tar = new TestTar().file("a", noise(500_000)).bytes();
        InputStream broken =
                TestBodies.failing(1, new byte[0], "the line is dead").open();
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(tar, 0, 300_000), broken);

        assertThatThrownBy(() -> read(ArchiveFiles.open("upload", in, options())))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("the line is dead");
    }

    @Test
    void aLargeFileMustBeReadBeforeTheNextOne() throws IOException {
        byte[] tar = new TestTar().file("a", noise(2 << 20)).file("b", TEXT).bytes();
        try (SourceFiles files = ArchiveFiles.open("upload", new ByteArrayInputStream(tar), options())) {
            SourceFile large = files.next();
            assertThat(large.reading()).isEqualTo(SourceFile.Reading.BEFORE_NEXT);
            SourceFile small = files.next();
            assertThat(small.open().readAllBytes()).isEqualTo(TEXT);
            assertThatThrownBy(() -> large.open().read()).isInstanceOf(IllegalStateException.class);
        }
    }
}
