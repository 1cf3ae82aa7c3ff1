package dev.mlops.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.LinkPolicy;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.PathOrder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWalkTest {
    private static final WalkOptions ALL = WalkOptions.of(PathFilter.ALL, LinkPolicy.REFUSE);

    @TempDir
    private Path temporary;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(temporary.resolve("root"));
    }

    private void write(String... paths) throws IOException {
        for (String path : paths) {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, path);
        }
    }

    private static int count(Path folder) {
        return folder.toFile().list().length;
    }

    private DirectoryWalk walk(WalkOptions options) {
        return new DirectoryWalk("directory", root, options);
    }

    private List<String> paths(WalkOptions options) {
        List<String> found = new ArrayList<>();
        walk(options)
                .forEachRemaining(file -> found.add(file.kind() == FileKind.FOLDER ? file.path() + "/" : file.path()));
        return found;
    }

    private void assertRefused(WalkOptions options, String... said) {
        assertThatThrownBy(() -> paths(options))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains(said);
    }

    @Test
    void filesComeInTheOrderOfTheirWholePaths() throws IOException {
        write("a/b", "a-b", "a.b", "a0", "b/c/d", "b/c-d", "\ud83d\ude00", "\uffe0", "Z");

        List<String> found = paths(ALL);

        assertThat(found).hasSize(9).isSortedAccordingTo(PathOrder.BY_CODE_POINT);
        assertThat(found).containsSubsequence("a-b", "a.b", "a/b", "a0");
        assertThat(found).containsSubsequence("\uffe0", "\ud83d\ude00");
    }

    @Test
    void anyTreeComesInOrder() throws IOException {
        Random random = new Random(42);
        for (int tree = 0; tree < 20; tree++) {
            root = Files.createDirectory(temporary.resolve("tree" + tree));
            List<String> made = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                make(randomPath(random), random.nextInt(3) > 0, made);
            }
            List<SourceFile> found = new ArrayList<>();
            walk(ALL).forEachRemaining(found::add);
            assertThat(found).extracting(SourceFile::path).isSortedAccordingTo(PathOrder.BY_CODE_POINT);
            assertThat(found)
                    .filteredOn(file -> file.kind() == FileKind.FILE)
                    .extracting(SourceFile::path)
                    .containsExactlyInAnyOrderElementsOf(made);
            for (SourceFile file : found) {
                if (file.kind() == FileKind.FOLDER) {
                    assertThat(root.resolve(file.path())).isEmptyDirectory();
                }
            }
        }
    }

    private void make(String path, boolean isFile, List<String> made) throws IOException {
        Path file = root.resolve(path);
        if (Files.exists(file)) {
            return;
        }
        try {
            Files.createDirectories(isFile ? file.getParent() : file);
        } catch (IOException aFileIsInTheWay) {
            return;
        }
        if (isFile) {
            Files.createFile(file);
            made.add(path);
        }
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder();
        int parts = 1 + random.nextInt(3);
        for (int part = 0; part < parts; part++) {
            path.append(part == 0 ? "" : "/");
            for (int i = 0; i <= random.nextInt(3); i++) {
                path.append("ab-.0+".charAt(random.nextInt(part == 0 && i == 0 ? 2 : 2 + 4 * Math.min(1, i))));
            }
        }
        return path.toString();
    }

    @Test
    void anEmptyFolderStandsWhereItsNameDoes() throws IOException {
        write("a-b", "a.txt", "ab/x");
        Files.createDirectories(root.resolve("a"));
        Files.createDirectories(root.resolve("ab/y"));

        assertThat(paths(ALL)).containsExactly("a/", "a-b", "a.txt", "ab/x", "ab/y/");
        assertThat(paths(WalkOptions.filesOnly("p/"))).containsExactly("p/a-b", "p/a.txt", "p/ab/x");
    }

    @Test
    void aFolderThatIsEmptiedMeanwhileIsToldWhereItWouldStandWrong() throws IOException {
        write("a/x", "a-b");
        DirectoryWalk walk = walk(ALL);
        assertThat(walk.next().path()).isEqualTo("a-b");
        Files.delete(root.resolve("a/x"));

        assertThatThrownBy(walk::hasNext).isInstanceOf(ConflictException.class).hasMessageContaining("'a'");
    }

    @Test
    void timesAndBytesAreTold() throws IOException {
        write("a");
        Instant time = Instant.parse("2001-02-03T04:05:06.789Z");
        Files.setLastModifiedTime(root.resolve("a"), FileTime.from(time.plusNanos(123_456)));

        SourceFile file = walk(ALL).next();

        assertThat(file.modifiedAt()).contains(time);
        assertThat(file.sizeHint()).isEqualTo(1);
        assertThat(file.stamp().orElseThrow().modifiedNanos() % 1_000_000).isEqualTo(123_456);
        try (InputStream in = file.open()) {
            assertThat(in.readAllBytes()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(file.mediaType()).isEqualTo("text/plain");
        assertThat(file.changed()).isEmpty();
    }

    @Test
    void aFileThatChangedOrVanishedSinceItWasFoundIsTold() throws IOException {
        write("a", "b");
        DirectoryWalk walk = walk(ALL);
        SourceFile a = walk.next();
        SourceFile b = walk.next();
        Files.writeString(root.resolve("a"), "longer than before");
        Files.delete(root.resolve("b"));

        SourceFile now = a.changed().orElseThrow();
        assertThat(now.sizeHint()).isEqualTo(18);
        assertThat(now.changed()).isEmpty();
        assertThatThrownBy(b::changed).isInstanceOf(ConflictException.class).hasMessageContaining("vanished");
        assertThatThrownBy(b::open).isInstanceOf(ConflictException.class).hasMessageContaining("vanished");
    }

    @Test
    void aFileThatBecameALinkIsNotFollowed() throws IOException {
        write("a", "secret");
        SourceFile a = walk(ALL).next();
        Files.delete(root.resolve("a"));
        Files.createSymbolicLink(root.resolve("a"), Path.of("secret"));

        assertThatThrownBy(() -> a.open().close()).isInstanceOf(IOException.class);
    }

    /** Opening a file follows links but in the last component. */
    @Test
    void aFolderThatBecameALinkIsToldByTheFilesInIt() throws IOException {
        write("d/a", "d/e/b", "z");
        DirectoryWalk walk = walk(ALL);
        List<SourceFile> files = List.of(walk.next(), walk.next());
        SourceFile z = walk.next();
        Path outside = Files.createDirectories(temporary.resolve("outside"));
        Files.move(root.resolve("d"), temporary.resolve("moved"));
        Files.createDirectory(outside.resolve("e"));
        Files.writeString(outside.resolve("a"), "secret");
        Files.writeString(outside.resolve("e/b"), "secret");
        Files.createSymbolicLink(root.resolve("d"), outside);

        assertThat(files).extracting(SourceFile::path).containsExactly("d/a", "d/e/b");
        assertThat(files)
                .allSatisfy(file -> assertThatThrownBy(file::changed)
                        .isInstanceOf(ConflictException.class)
                        .hasMessageContaining(root.resolve("d").toString())
                        .hasMessageContaining("link"));
        assertThat(z.changed()).isEmpty();
    }

    @Test
    void aFolderThatBecameALinkBeforeItWasListedIsNotFollowed() throws IOException {
        write("d/a", "e/b");
        DirectoryWalk walk = walk(ALL);
        Path outside = Files.createDirectories(temporary.resolve("outside"));
        Files.writeString(outside.resolve("a"), "secret");
        Files.move(root.resolve("d"), temporary.resolve("moved"));
        Files.createSymbolicLink(root.resolve("d"), outside);

        assertThatThrownBy(walk::next)
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(root.resolve("d").toString());
    }

    @Test
    void theWayToTheDirectoryMayHaveLinks() throws IOException {
        write("d/a", "root");
        root = Files.createSymbolicLink(temporary.resolve("link"), root);
        SourceFile a = walk(WalkOptions.filesOnly("p/")).next();
        Files.writeString(root.resolve("d/a"), "longer than before");

        assertThat(a.path()).isEqualTo("p/d/a");
        assertThat(a.changed()).isPresent();
    }

    @Test
    void linksAreTreatedAsTold() throws IOException {
        write("a.txt", "dir/x");
        Files.createSymbolicLink(root.resolve("file-link"), Path.of("a.txt"));
        Files.createSymbolicLink(root.resolve("dir-link"), Path.of("dir"));
        Files.createSymbolicLink(root.resolve("gone"), Path.of("../n\u00f6where"));

        assertRefused(ALL, "link", "symbolic link");
        assertThat(paths(WalkOptions.of(PathFilter.ALL, LinkPolicy.SKIP))).containsExactly("a.txt", "dir/x");
        DirectoryWalk walk = walk(WalkOptions.of(PathFilter.ALL, LinkPolicy.RECORD));
        List<SourceFile> links = new ArrayList<>();
        walk.forEachRemaining(file -> {
            if (file.kind() == FileKind.LINK) {
                links.add(file);
            }
        });
        assertThat(links).extracting(SourceFile::path).containsExactly("dir-link", "file-link", "gone");
        assertThat(links.get(2).open().readAllBytes()).isEqualTo("../n\u00f6where".getBytes(StandardCharsets.UTF_8));
        assertThat(links.get(0).mediaType()).isEqualTo("inode/symlink");
    }

    @Test
    void whatIsExcludedIsNeitherEnteredNorLookedAt() throws IOException {
        write("keep/a.png", "keep/b.txt", "cache/x.png", "c.png");
        Files.createSymbolicLink(root.resolve("cache/link"), Path.of("/etc"));
        Files.createSymbolicLink(root.resolve("keep/link.tmp"), Path.of("/etc"));
        PathFilter filter = PathFilter.of(List.of("**.png", "keep/**"), List.of("cache", "**.tmp"));

        assertThat(paths(WalkOptions.of(filter, LinkPolicy.REFUSE)))
                .containsExactly("c.png", "keep/a.png", "keep/b.txt");
    }

    @Test
    void anEmptyFolderIsTakenOnlyIfItIsIncluded() throws IOException {
        write("a.png");
        Files.createDirectory(root.resolve("empty"));
        Files.createDirectory(root.resolve("other"));

        assertThat(paths(WalkOptions.of(PathFilter.of(List.of("*.png", "empty"), List.of()), LinkPolicy.REFUSE)))
                .containsExactly("a.png", "empty/");
        assertThat(paths(WalkOptions.of(PathFilter.of(List.of(), List.of("other")), LinkPolicy.REFUSE)))
                .containsExactly("a.png", "empty/");
    }

    @Test
    void namesThatDifferInCaseOrFormOnlyAreRefused() throws IOException {
        write("x/Data", "x/data");
        Assumptions.assumeTrue(count(root.resolve("x")) == 2, "the file system ignores case");
        assertRefused(ALL, "x/data", "x/Data", "only in case");

        root = Files.createDirectory(temporary.resolve("other"));
        write("caf\u00e9", "cafe\u0301/x");
        assertRefused(ALL, "caf\u00e9", "cafe\u0301");
    }

    @Test
    void foldersMayDifferInCaseOnlyButNotWhatIsInThem() throws IOException {
        write("A/x", "a/y", "A/deep/1", "a/deep/2");
        Assumptions.assumeTrue(count(root) == 2, "the file system ignores case");
        assertThat(paths(ALL)).hasSize(4);

        write("a/Deep/1");
        assertRefused(ALL, "'a/Deep/1'", "'A/deep/1'");
    }

    @Test
    void hostileNamesAreRefused() throws IOException {
        for (String name : List.of("a\nb", "a\\b", "c:x")) {
            root = Files.createDirectory(temporary.resolve("n" + name.hashCode()));
            write(name);
            assertRefused(ALL, "file in directory");
        }
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        try {
            Assumptions.assumeTrue(
                    new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                                    .start()
                                    .waitFor()
                            == 0,
                    "no named pipes here");
        } catch (IOException e) {
            Assumptions.abort("no mkfifo here");
        }
        assertRefused(ALL, "pipe", "neither a regular file nor a directory");
        assertThat(paths(WalkOptions.of(PathFilter.of(List.of(), List.of("pipe")), LinkPolicy.REFUSE)))
                .isEmpty();
    }

    @Test
    void foldersListedAheadGiveTheSameFiles() throws IOException {
        for (int i = 0; i < 40; i++) {
            write("%02d/a".formatted(i), "%02d/b/c".formatted(i), "%02d-x".formatted(i));
            Files.createDirectories(root.resolve("%02d/empty".formatted(i)));
        }
        List<String> expected = paths(ALL);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (Executor ahead : List.<Executor>of(threads, Runnable::run, task -> {}, task -> {
                throw new RejectedExecutionException("full");
            })) {
                List<String> found = new ArrayList<>();
                new DirectoryWalk("directory", root, ALL, ahead)
                        .forEachRemaining(
                                file -> found.add(file.kind() == FileKind.FOLDER ? file.path() + "/" : file.path()));
                assertThat(found).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFolderWithTooMuchInItIsListedWhenItIsItsTurn() throws IOException {
        write("a/x", "c/y");
        Path many = Files.createDirectory(root.resolve("b"));
        for (int i = 0; i < 10_001; i++) {
            Files.createFile(many.resolve("%05d".formatted(i)));
        }
        List<String> found = new ArrayList<>();
        new DirectoryWalk("directory", root, ALL, Runnable::run).forEachRemaining(file -> found.add(file.path()));

        assertThat(found).hasSize(10_003).startsWith("a/x", "b/00000").endsWith("b/10000", "c/y");
    }

    @Test
    void aFolderThatVanishesBeforeItIsListedAheadIsToldSo() throws IOException {
        write("a/x", "b/y");
        List<Runnable> later = new ArrayList<>();
        DirectoryWalk walk = new DirectoryWalk("directory", root, ALL, later::add);
        assertThat(walk.next().path()).isEqualTo("a/x");
        Files.delete(root.resolve("b/y"));
        Files.delete(root.resolve("b"));
        later.forEach(Runnable::run);

        assertThat(later).isNotEmpty();
        assertThatThrownBy(walk::hasNext).isInstanceOf(ConflictException.class).hasMessageContaining("vanished");
    }
}
