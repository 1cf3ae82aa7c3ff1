package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Long sequences of operations in random order, against a model that is nothing but maps: after each of them the store
 * must say the same as the model.
 */
class RandomOperationsTest {
    private static final String DATA = "data";
    private static final int STEPS = 60;
    private static final List<String> PATHS = Stream.of("a", "b/c", "b/d", "e/f/g", "h")
            .flatMap(folder -> Stream.of("x.bin", "y.csv", "z").map(name -> folder + "/" + name))
            .toList();

    /** What must be: versions with their files, branches with their heads, tags. */
    private final Map<String, Map<String, Sha256>> versions = new TreeMap<>();

    private final Map<String, String> heads = new TreeMap<>();
    private final Map<String, String> tags = new TreeMap<>();
    private final Map<Sha256, byte[]> contents = new HashMap<>();
    private final List<String> log = new ArrayList<>();

    @TempDir
    private Path home;

    @TempDir
    private Path elsewhere;

    private Mlops mlops;
    private DatasetStore datasets;
    private Branches branches;
    private Random random;

    private interface Operation {
        void run() throws IOException;
    }

    private void open() {
        mlops = EmbeddedMlops.open(home);
        datasets = mlops.projects().openOrCreate("random").datasets();
        branches = datasets.branches(DATA);
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    /** More of them with {@code -Dmlops.random.seeds=300}. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("mlops.random.seeds", 8));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theStoreSaysWhatTheModelSays(long seed) throws IOException {
        random = new Random(seed);
        open();
        publish(Branch.MAIN);
        for (int step = 0; step < STEPS; step++) {
            try {
                operation().run();
                checkNames();
                checkFiles(any(versions.keySet()));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed %d, after %s".formatted(seed, String.join("; ", log)), e);
            }
        }
        reopen();
        collect();
        checkNames();
        versions.keySet().forEach(this::checkFiles);
        assertThat(hurt()).isEmpty();
    }

    private Operation operation() {
        return switch (random.nextInt(24)) {
            case 0 -> this::branch;
            case 1, 2, 3 -> this::merge;
            case 4 -> this::move;
            case 5 -> this::deleteBranch;
            case 6 -> this::tag;
            case 7, 8, 9 -> this::deleteVersion;
            case 10 -> this::prune;
            case 11, 12, 13 -> this::collect;
            case 14 -> this::reopen;
            case 15 -> this::copyElsewhere;
            case 16 -> this::diff;
            case 17 -> this::damageAndMend;
            default -> () -> publish(any(heads.keySet()));
        };
    }

    private <T> T any(Set<T> set) {
        List<T> list = new ArrayList<>(set);
        return list.get(random.nextInt(list.size()));
    }

    private Map<String, Sha256> filesOf(String version) {
        return Objects.requireNonNull(versions.get(version), version);
    }

    private String headOf(String branch) {
        return Objects.requireNonNull(heads.get(branch), branch);
    }

    private DatasetVersion version(String name) {
        return datasets.version(DATA + ":" + name);
    }

    private byte[] bytes(Sha256 digest) {
        return Objects.requireNonNull(contents.get(digest), digest.hex());
    }

    private Sha256 content() {
        byte[] bytes = TestBodies.noise(random.nextInt(3_000), random.nextInt(30));
        if (random.nextInt(8) == 0) {
            bytes = TestBodies.noise(1_200_000 + random.nextInt(3) * 400_000, random.nextInt(2));
            Arrays.fill(bytes, random.nextInt(bytes.length), bytes.length, (byte) random.nextInt(3));
        }
        Sha256 digest = Sha256.of(bytes);
        contents.put(digest, bytes);
        return digest;
    }

    private Stream<FileSource> sources(Map<String, Sha256> files) {
        return files.entrySet().stream().map(file -> FileSource.of(file.getKey(), bytes(file.getValue())));
    }

    private void publish(String branch) {
        log.add("publish to " + branch);
        Map<String, Sha256> files = heads.isEmpty() ? new TreeMap<>() : new TreeMap<>(filesOf(headOf(branch)));
        for (int change = 0; change < 1 + random.nextInt(4); change++) {
            String path = PATHS.get(random.nextInt(PATHS.size()));
            if (files.size() > 1 && random.nextInt(4) == 0) {
                files.remove(path);
            } else {
                files.put(path, content());
            }
        }
        if (files.isEmpty()) {
            files.put(PATHS.get(0), content());
        }
        DatasetVersion made = datasets.publish(
                DATA,
                sources(files).iterator(),
                PublishOptions.builder().branch(branch).build());
        versions.put(made.name(), files);
        heads.put(branch, made.name());
    }

    private void branch() {
        String name = "branch-" + random.nextInt(1_000_000);
        String from = any(versions.keySet());
        log.add("create " + name + " at " + from);
        branches.create(name, version(from));
        heads.put(name, from);
    }

    private void move() {
        String branch = any(heads.keySet());
        String to = any(versions.keySet());
        log.add("move " + branch + " to " + to);
        branches.move(branch, version(to), version(headOf(branch)));
        heads.put(branch, to);
    }

    private void deleteBranch() {
        String branch = any(heads.keySet());
        if (!branch.equals(Branch.MAIN)) {
            log.add("delete " + branch);
            branches.delete(branch);
            heads.remove(branch);
        }
    }

    private void tag() {
        if (!tags.isEmpty() && random.nextBoolean()) {
            String tag = any(tags.keySet());
            log.add("untag " + tag);
            branches.untag(tag);
            tags.remove(tag);
            return;
        }
        String tag = "tag-" + random.nextInt(1_000_000);
        String version = any(versions.keySet());
        log.add("tag " + version + " as " + tag);
        branches.tag(tag, version(version));
        tags.put(tag, version);
    }

    private void merge() {
        String branch = any(heads.keySet());
        String into = any(heads.keySet());
        OnConflict onConflict = any(EnumSet.allOf(OnConflict.class));
        log.add("merge " + branch + " into " + into + " with " + onConflict);
        if (branch.equals(into)) {
            return;
        }
        String ours = headOf(into);
        String theirs = headOf(branch);
        Optional<String> base =
                branches.commonAncestor(version(ours), version(theirs)).map(DatasetVersion::name);
        MergeOptions options = MergeOptions.DEFAULTS.onConflict(onConflict);
        if (base.equals(Optional.of(theirs)) || base.equals(Optional.of(ours))) {
            String result = base.get().equals(theirs) ? ours : theirs;
            assertThat(branches.merge(branch, into, options).name()).isEqualTo(result);
            heads.put(into, result);
            return;
        }
        Set<String> conflicts = new TreeSet<>();
        Map<String, Sha256> merged =
                merge(base.map(this::filesOf).orElse(Map.of()), filesOf(ours), filesOf(theirs), onConflict, conflicts);
        assertThat(branches.conflicts(branch, into))
                .extracting(MergeConflict::path)
                .containsExactlyElementsOf(conflicts);
        if (onConflict == OnConflict.REFUSE && !conflicts.isEmpty()) {
            assertThatExceptionOfType(MergeConflictException.class)
                    .isThrownBy(() -> branches.merge(branch, into, options));
        } else if (!merged.isEmpty()) {
            DatasetVersion made = branches.merge(branch, into, options);
            versions.put(made.name(), merged);
            heads.put(into, made.name());
        }
    }

    private static Map<String, Sha256> merge(
            Map<String, Sha256> base,
            Map<String, Sha256> ours,
            Map<String, Sha256> theirs,
            OnConflict onConflict,
            Set<String> conflicts) {
        Set<String> paths = new TreeSet<>(base.keySet());
        paths.addAll(ours.keySet());
        paths.addAll(theirs.keySet());
        Map<String, Sha256> merged = new TreeMap<>();
        for (String path : paths) {
            Sha256 was = base.get(path);
            Sha256 result = ours.get(path);
            if (!Objects.equals(theirs.get(path), was) && !Objects.equals(theirs.get(path), result)) {
                if (!Objects.equals(result, was)) {
                    conflicts.add(path);
                    result = onConflict == OnConflict.THEIRS ? theirs.get(path) : result;
                } else {
                    result = theirs.get(path);
                }
            }
            if (result != null) {
                merged.put(path, result);
            }
        }
        return merged;
    }

    private boolean isBound(String version) {
        return heads.containsValue(version) || tags.containsValue(version);
    }

    private void deleteVersion() {
        String name = any(versions.keySet());
        if (versions.size() == 1) {
            return;
        }
        log.add("delete " + name);
        DatasetVersion version = version(name);
        if (isBound(name)) {
            assertThatExceptionOfType(ResourceInUseException.class).isThrownBy(() -> datasets.deleteVersion(version));
        } else {
            datasets.deleteVersion(version);
            versions.remove(name);
        }
    }

    private void prune() {
        int last = 1 + random.nextInt(4);
        log.add("prune to " + last);
        RetentionPolicy policy = RetentionPolicy.keepLast(last).keepTagged();
        List<DatasetVersion> foreseen = datasets.prune(DATA, policy.asDryRun());
        assertThat(datasets.prune(DATA, policy))
                .extracting(DatasetVersion::name)
                .isEqualTo(foreseen.stream().map(DatasetVersion::name).toList());
        for (DatasetVersion gone : foreseen) {
            assertThat(isBound(gone.name())).as(gone.name()).isFalse();
            versions.remove(gone.name());
        }
    }

    private void collect() {
        Duration grace = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1);
        log.add("collect " + grace);
        mlops.storage().collect(CollectOptions.grace(grace));
    }

    private void reopen() {
        log.add("reopen");
        mlops.close();
        open();
    }

    private void copyElsewhere() {
        String name = any(versions.keySet());
        log.add("copy " + name);
        try (Mlops other = EmbeddedMlops.open(elsewhere)) {
            DatasetStore target = other.projects().openOrCreate("copies").datasets();
            DatasetVersion copy = datasets.push(
                    version(name), target, CopyOptions.DEFAULTS.into("copy-" + random.nextInt(1_000_000)));
            target.verify(copy, ProgressListener.NONE, new Cancellation());
            assertThat(digests(target, copy)).isEqualTo(filesOf(name));
        }
    }

    private void diff() {
        String from = any(versions.keySet());
        String to = any(versions.keySet());
        log.add("diff " + from + " " + to);
        DatasetDiff diff = datasets.diff(version(from), version(to));
        Set<String> changed = new TreeSet<>();
        Set<String> expected = new TreeSet<>(filesOf(from).keySet());
        expected.addAll(filesOf(to).keySet());
        expected.removeIf(
                path -> Objects.equals(filesOf(from).get(path), filesOf(to).get(path)));
        diff.added().forEach(file -> changed.add(file.path()));
        diff.removed().forEach(file -> changed.add(file.path()));
        diff.changed().forEach(file -> changed.add(file.path()));
        diff.renamed()
                .forEach(rename ->
                        changed.addAll(List.of(rename.from(), rename.to().path())));
        assertThat(changed).isEqualTo(expected);
    }

    /** A bit of a pack tips over, a scrub finds it, publishing the same again mends it. */
    private void damageAndMend() throws IOException {
        List<Path> packs = packs();
        Path pack = packs.get(random.nextInt(packs.size()));
        long at = Math.floorMod(random.nextLong(), Files.size(pack));
        log.add("damage " + pack.getFileName() + " at " + at);
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ (1 << random.nextInt(8)));
        }
        Set<String> broken = hurt();
        for (String name : broken) {
            DatasetVersion again =
                    datasets.publish("mend", sources(filesOf(name)).iterator(), PublishOptions.defaults());
            assertThat(digests(datasets, again)).isEqualTo(filesOf(name));
        }
        for (String name : broken) {
            checkFiles(name);
        }
        assertThat(hurt()).isEmpty();
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("objects/objects/d-pack"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The names of the versions that a full scrub says cannot be read. */
    private Set<String> hurt() {
        Set<String> hurt = new HashSet<>();
        for (Damage damage : mlops.storage().scrub(ScrubOptions.full()).damages()) {
            damage.hurt().stream()
                    .map(file -> file.owner())
                    .filter(owner -> owner.startsWith("random/" + DATA + ":"))
                    .forEach(owner -> hurt.add(owner.substring(owner.indexOf(':') + 1)));
        }
        return hurt;
    }

    private void checkNames() {
        assertThat(datasets.versions(DATA).map(DatasetVersion::name).toList())
                .containsExactlyInAnyOrderElementsOf(versions.keySet());
        Map<String, String> foundHeads = new TreeMap<>();
        branches.list().forEach(branch -> foundHeads.put(branch.name(), nameOf(branch.head())));
        assertThat(foundHeads).isEqualTo(heads);
        Map<String, String> foundTags = new TreeMap<>();
        branches.tags().forEach(tag -> foundTags.put(tag.name(), nameOf(tag.version())));
        assertThat(foundTags).isEqualTo(tags);
        assertThat(datasets.version(DATA).name()).isEqualTo(heads.get(Branch.MAIN));
    }

    private static String nameOf(String reference) {
        return reference.substring(reference.indexOf(':') + 1);
    }

    private static Map<String, Sha256> digests(DatasetStore store, DatasetVersion version) {
        Map<String, Sha256> digests = new TreeMap<>();
        store.files(version).forEach(file -> digests.put(file.path(), file.sha256()));
        return digests;
    }

    private void checkFiles(String name) {
        DatasetVersion version = version(name);
        Map<String, Sha256> files = filesOf(name);
        assertThat(digests(datasets, version)).as(name).isEqualTo(files);
        assertThat(version.files()).isEqualTo(files.size());
        datasets.verify(version, ProgressListener.NONE, new Cancellation());
        String path = any(files.keySet());
        byte[] bytes = bytes(Objects.requireNonNull(files.get(path)));
        int from = random.nextInt(bytes.length + 1);
        int length = random.nextInt(bytes.length - from + 1);
        try (InputStream in = datasets.open(version, path, from, length)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
