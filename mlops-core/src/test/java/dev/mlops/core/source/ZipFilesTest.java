package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipFilesTest {
    private static final byte[] TEXT = "some text".getBytes(StandardCharsets.UTF_8);
    private static final ArchiveLimits DEFAULT = new ArchiveLimits(10_000, 20L << 30, 200, 16 << 20);
    private static final int FLAGS = 8;
    private static final int METHOD = 10;
    private static final int CHECKSUM = 16;
    private static final int COMPRESSED_SIZE = 20;
    private static final int SIZE = 24;

    @TempDir
    private Path directory;

    private Map<String, byte[]> read(byte[] zip, ArchiveLimits limits) throws IOException {
        Path file = Files.write(directory.resolve("test.zip"), zip);
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (ZipFiles files = open(file, limits)) {
            while (files.hasNext()) {
                SourceFile content = files.next();
                try (InputStream in = content.open()) {
                    contents.put(content.path(), in.readAllBytes());
                }
            }
        }
        return contents;
    }

    private static ZipFiles open(Path file, ArchiveLimits limits) throws IOException {
        return ZipFiles.open(file, ArchiveOptions.filesOnly(limits));
    }

    private void assertRefused(byte[] zip, String... messages) {
        assertRefused(zip, DEFAULT, messages);
    }

    private void assertRefused(byte[] zip, ArchiveLimits limits, String... messages) {
        assertThatThrownBy(() -> read(zip, limits))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains(messages);
    }

    private static ArchiveLimits limits(int files, long bytes) {
        return new ArchiveLimits(files, bytes, 100, 1 << 20);
    }

    @Test
    void regularFilesAreReadAndFoldersAreSkipped() throws IOException {
        byte[] zip = new TestZip()
                .entry("docs/", 040755, new byte[0])
                .entry("docs/a.txt", 0100644, TEXT)
                .entry("ünïcode.txt", TEXT)
                .bytes();

        Map<String, byte[]> contents = read(zip, DEFAULT);

        assertThat(contents).containsOnlyKeys("docs/a.txt", "ünïcode.txt");
        assertThat(contents.get("docs/a.txt")).isEqualTo(TEXT);
    }

    @Test
    void entriesAreReadByManyThreadsAtOnce() throws Exception {
        TestZip zip = new TestZip();
        for (int i = 0; i < 500; i++) {
            zip.entry("files/" + i + ".txt", text(i));
        }
        Path file = Files.write(directory.resolve("many.zip"), zip.bytes());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (ZipFiles files = open(file, DEFAULT)) {
            List<Future<byte[]>> read = new ArrayList<>();
            while (files.hasNext()) {
                SourceFile content = files.next();
                read.add(threads.submit(() -> {
                    try (InputStream in = content.open()) {
                        return in.readAllBytes();
                    }
                }));
            }
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).get()).isEqualTo(text(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte[] text(int i) {
        return ("text " + i + " ").repeat(20).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void linksAndDevicesAreRefused() {
        assertRefused(
                new TestZip()
                        .entry("link", 0120777, "/etc/passwd".getBytes(StandardCharsets.UTF_8))
                        .bytes(),
                "'link'",
                "symbolic link");
        assertRefused(new TestZip().entry("device", 0020666, TEXT).bytes(), "'device'", "no regular file");
        assertRefused(new TestZip().entry("pipe", 0010666, TEXT).bytes(), "'pipe'", "no regular file");
    }

    @Test
    void namesThatLeaveTheArchiveAreRefusedAlsoOfFolders() {
        for (String name :
                new String[] {"../a", "a/../../b", "/a", "//a", "C:/a", "c:a", "a/./b", "a//b", "../", "/", "a\0b"}) {
            assertRefused(
                    new TestZip()
                            .entry(name, name.endsWith("/") ? new byte[0] : TEXT)
                            .bytes(),
                    "zip entry");
        }
    }

    @Test
    void backslashesAreRefusedAlsoWhereTheParserTurnsThem() {
        byte[] zip = new TestZip().entry("aaxb", 0, TEXT).bytes();
        for (int i = 0; i < zip.length - 4; i++) {
            if (zip[i] == 'a' && zip[i + 1] == 'a' && zip[i + 2] == 'x') {
                zip[i + 2] = '\\';
            }
        }
        assertRefused(zip, "backslash");
    }

    @Test
    void namesThatCollideAreRefused() {
        assertRefused(new TestZip().entry("a", TEXT).entry("a", TEXT).bytes(), "'a'", "twice");
        assertRefused(new TestZip().entry("d/a", TEXT).entry("D/A", TEXT).bytes(), "only in case");
        assertRefused(new TestZip().entry("a", TEXT).entry("a/b", TEXT).bytes(), "'a/b'", "'a' is a file");
        assertRefused(new TestZip().entry("a/b", TEXT).entry("a", TEXT).bytes(), "'a'", "folder");
    }

    @Test
    void encryptedEntriesAndUnknownMethodsAreRefused() {
        byte[] zip = new TestZip().entry("a", TEXT).bytes();

        assertRefused(TestZip.withField16(zip, FLAGS, 1 << 11 | 1), "'a'", "encrypted");
        assertRefused(TestZip.withField16(zip, METHOD, 97), "'a'", "97");
    }

    @Test
    void moreEntriesThanAllowedAreRefused() {
        TestZip zip = new TestZip();
        for (int i = 0; i < 4; i++) {
            zip.entry("f" + i, TEXT);
        }
        assertRefused(zip.bytes(), limits(3, 1_000), "'f3'", "at most 3 files");
    }

    @Test
    void aLargeDirectoryIsNotReadIntoMemory() {
        TestZip zip = new TestZip();
        for (int i = 0; i < 30_000; i++) {
            zip.entry("a-long-name-that-fills-the-directory/" + i + "/", new byte[0]);
        }
        assertRefused(
                zip.bytes(), new ArchiveLimits(10, 1_000, 100, 100_000), "test.zip", "directory of more than 100000");
    }

    @Test
    void anArchiveThatAdmitsToBeTooLargeIsRefusedAtOnce() throws IOException {
        byte[] zip = new TestZip()
                .entry("a", new byte[600])
                .entry("b", new byte[600])
                .bytes();

        assertRefused(zip, limits(10, 1_000), "'b'", "1000 bytes");
        assertThat(read(zip, limits(10, 1_200))).hasSize(2);
    }

    @Test
    void anArchiveThatLiesAboutItsSizeIsStoppedWhileItIsRead() {
        byte[] large = new TestZip().entry("a", noise(50_000)).bytes();

        assertRefused(TestZip.withField32(large, SIZE, 5), limits(10, 10_000), "'a'", "10000 bytes");
        assertRefused(TestZip.withField32(large, SIZE, 5), limits(10, 100_000), "'a'", "50000 bytes in place of 5");
        assertRefused(TestZip.withField32(large, SIZE, 60_000), limits(10, 100_000), "'a'");
        assertRefused(TestZip.withField32(large, SIZE, -1), limits(10, 100_000), "'a'");
    }

    @Test
    void aBombIsStoppedWhileItIsRead() throws IOException {
        byte[] zip = new TestZip().entry("bomb", new byte[8 << 20]).bytes();

        assertRefused(zip, "'bomb'", "200 times");
        assertThat(read(zip, new ArchiveLimits(10, 1L << 30, 2_000, 1 << 20))).hasSize(1);
    }

    @Test
    void aBombWhoseEntryLiesAboutItsCompressedSizeIsStopped() {
        byte[] zip = new TestZip().entry("bomb", new byte[8 << 20]).bytes();

        assertRefused(TestZip.withField32(zip, COMPRESSED_SIZE, 1 << 20), "'bomb'");
    }

    /** Each entry alone keeps the ratio; entries that share their bytes would multiply them without end. */
    @Test
    void entriesThatShareTheirBytesAreHeldToTheRatioTogether() throws IOException {
        byte[] content = Arrays.copyOf(noise(10_000), 1_500_000);
        byte[] zip = new TestZip().entry("a", content).bytes();

        assertThat(read(zip, DEFAULT)).containsOnlyKeys("a");
        assertThat(read(TestZip.withTwins(zip, "b"), DEFAULT)).containsOnlyKeys("b");
        assertRefused(TestZip.withTwins(zip, "abc"), "200 times");
    }

    @Test
    void wrongChecksumsAreNoticed() {
        byte[] zip = new TestZip().entry("a", TEXT).bytes();

        assertRefused(TestZip.withField32(zip, CHECKSUM, 42), "'a'", "checksum");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] zip =
                new TestZip().entry("a.txt", noise(300)).entry("b/c.txt", TEXT).bytes();

        for (int length = 0; length < zip.length; length++) {
            assertRefused(Arrays.copyOf(zip, length), "test.zip");
        }
    }

    @Test
    void everyDamageIsRefusedOrLeavesTheContents() throws IOException {
        byte[] first = noise(300);
        byte[] zip = new TestZip().entry("a.txt", first).entry("b/c.txt", TEXT).bytes();

        for (int i = 0; i < zip.length; i++) {
            for (int mask : new int[] {1, 0x80, 0xff}) {
                byte[] damaged = zip.clone();
                damaged[i] ^= (byte) mask;
                try {
                    assertThat(read(damaged, DEFAULT).values()).isSubsetOf(first, TEXT);
                } catch (InvalidInputException refused) {
                    assertThat(refused).hasMessageContaining("zip");
                }
            }
        }
    }

    @Test
    void noiseIsNoZip() {
        for (int size : new int[] {0, 1, 22, 1_000, 70_000}) {
            assertRefused(noise(size), "test.zip", "is no whole zip archive");
        }
    }

    @Test
    void anEmptyZipHoldsNoFiles() throws IOException {
        assertThat(read(new TestZip().bytes(), DEFAULT)).isEmpty();
        assertThat(read(new TestZip().entry("folder/", new byte[0]).bytes(), DEFAULT))
                .isEmpty();
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
