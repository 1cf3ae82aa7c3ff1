package dev.mlops.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.project.Project;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ModelRegistry} keeps of version numbers. Inherit it and say which store to use. */
public abstract class ModelNumberContract {
    @TempDir
    private Path directory;

    private Project project;
    private ModelRegistry models;
    private ImportSource source;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ModelNumberContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() throws IOException {
        project = mlops().projects().create(Scene.freshName());
        models = project.models();
        source = ImportSource.file(Files.writeString(directory.resolve("model.txt"), "weights"));
    }

    @Test
    void countedNumbersAreNeverUsedAgain() {
        models.importVersion("digits", source);
        ModelVersion two = models.importVersion("digits", source);
        models.deleteVersion(two);

        assertThat(models.importVersion("digits", source).version()).isEqualTo("3");
        assertThat(models.versions("digits")).extracting(ModelVersion::version).containsExactly("3", "1");
        assertThatThrownBy(() -> importAs("digits", "1.0.0"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1.0.0")
                .hasMessageContaining("counted");
    }

    @Test
    void dottedNumbersAreCountedOnFromTheLast() {
        dotted();

        assertThat(models.importVersion("dotted", source).version()).isEqualTo("0.0.1");
        assertThat(models.importVersion("dotted", source).version()).isEqualTo("0.0.2");
        assertThat(importAs("dotted", "1.4.98").reference()).isEqualTo(project.name() + "/dotted:1.4.98");
        assertThat(models.importVersion("dotted", source).version()).isEqualTo("1.4.99");
        assertThat(models.importVersion("dotted", source).version()).isEqualTo("1.5.0");
        assertThat(importAs("dotted", "0.9.9").version()).isEqualTo("0.9.9");
        assertThat(models.importVersion("dotted", source).version()).isEqualTo("0.9.10");
        assertThat(models.version("dotted@latest").version()).isEqualTo("0.9.10");
        assertThat(models.version("dotted:1.5.0").ordinal()).isEqualTo(5);
    }

    @Test
    void aDottedNumberOfADeletedVersionIsNeverUsedAgain() {
        dotted();
        models.importVersion("dotted", source);
        ModelVersion deleted = models.importVersion("dotted", source);
        models.deleteVersion(deleted);

        assertThat(models.importVersion("dotted", source).version()).isEqualTo("0.0.3");
        assertUsed("0.0.2");
        assertUsed("0.0.1");
    }

    @Test
    void countingOnSkipsNumbersThatWereUsed() {
        dotted();
        models.deleteVersion(importAs("dotted", "1.0.1"));
        importAs("dotted", "1.0.2");
        models.deleteVersion(importAs("dotted", "1.0.3"));
        importAs("dotted", "1.0.0");

        assertThat(models.importVersion("dotted", source).version()).isEqualTo("1.0.4");
    }

    @Test
    void badDottedNumbersAreRefused() {
        dotted();
        List<String> bad =
                List.of("1", "1.0", "1.0.0.0", "100.0.0", "0.0.100", "01.0.0", "1.0.x", "-1.0.0", "", " 1.0.0");
        for (String number : bad) {
            assertThatThrownBy(() -> importAs("dotted", number))
                    .as(number)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("version");
        }
        importAs("dotted", "99.99.99");
        assertThatThrownBy(() -> models.importVersion("dotted", source))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("99.99.99");
        assertThat(importAs("dotted", "0.0.0").version()).isEqualTo("0.0.0");
    }

    @Test
    void aModelMadeByADottedNumberIsDotted() {
        importAs("new", "2.0.0");

        assertThat(models.model("new").numbering()).isEqualTo(VersionNumbering.DOTTED);
        assertThat(models.importVersion("new", source).version()).isEqualTo("2.0.1");
    }

    @Test
    void manyThreadsThatImportIntoOneNewModelGetGaplessNumbers() throws Exception {
        List<Callable<List<ModelVersion>>> works = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            works.add(() -> IntStream.range(0, 5)
                    .mapToObj(i -> models.importVersion("raced", source))
                    .toList());
        }
        List<ModelVersion> versions =
                Together.run(works).stream().flatMap(List::stream).toList();

        assertThat(versions)
                .extracting(version -> Integer.parseInt(version.version()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 30).boxed().toList());
        assertThat(models.versions("raced"))
                .extracting(ModelVersion::ordinal)
                .isSortedAccordingTo((a, b) -> b > a ? 1 : -1);
        assertThat(project.events().list())
                .filteredOn(event -> event.kind() == EventKind.CREATED)
                .extracting(Event::subject)
                .containsOnlyOnce("model raced");
    }

    @Test
    void ofManyWhoWantOneNumberOneGetsIt() throws Exception {
        dotted();
        List<Callable<Boolean>> works = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            works.add(() -> {
                try {
                    return importAs("dotted", "1.0.0").version().equals("1.0.0");
                } catch (InvalidInputException lost) {
                    return false;
                }
            });
        }
        assertThat(Together.run(works)).containsOnlyOnce(true);
        assertThat(models.versions("dotted")).hasSize(1);
    }

    @Test
    void ofManyWithOneKeyOneImports() throws Exception {
        ImportOptions options = ImportOptions.builder()
                .idempotencyKey(IdempotencyKey.of("once"))
                .build();
        List<Callable<ModelVersion>> works = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            works.add(() -> models.importVersion("digits", source, options));
        }
        assertThat(Together.run(works)).containsOnly(models.version("digits:1"));
        assertThat(models.versions("digits")).hasSize(1);
        ImportOptions other = ImportOptions.builder()
                .idempotencyKey(IdempotencyKey.of("once"))
                .title("other")
                .build();
        assertThatThrownBy(() -> models.importVersion("digits", source, other)).isInstanceOf(ConflictException.class);
    }

    @Test
    void aModelHasAThousandVersions() {
        for (int i = 1; i <= 1_000; i++) {
            models.importVersion("many", source);
        }
        assertThat(models.version("many@latest").version()).isEqualTo("1000");
        assertThat(models.versions("many"))
                .extracting(version -> Integer.parseInt(version.version()))
                .hasSize(1_000)
                .doesNotHaveDuplicates()
                .startsWith(1_000, 999)
                .endsWith(2, 1);
    }

    private void dotted() {
        models.create(
                ModelSpec.builder("dotted").numbering(VersionNumbering.DOTTED).build());
    }

    private ModelVersion importAs(String name, String number) {
        return models.importVersion(
                name, source, ImportOptions.builder().version(number).build());
    }

    private void assertUsed(String number) {
        assertThatThrownBy(() -> importAs("dotted", number))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(number)
                .hasMessageContaining("never used again");
    }
}
