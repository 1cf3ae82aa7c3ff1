package dev.mlops.testkit.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationSpec;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.ApplicationVersionSpec;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Pin;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Applications} keeps of applications and their versions. Inherit it and say which store to use;
 * releases have a suite of their own.
 */
public abstract class ApplicationsContract {
    private Scene scene;
    private Project project;
    private Applications applications;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ApplicationsContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void tellTheStory() {
        scene = Scene.tell(mlops());
        project = scene.project();
        applications = project.applications();
    }

    @Test
    void anApplicationIsMadeOnceByName() {
        Application made = applications.create(
                ApplicationSpec.builder("door").description("opens doors").build());

        assertThat(applications.find("door")).contains(made);
        assertThat(made.description()).isEqualTo("opens doors");
        assertThat(made.currentReleaseId()).isNull();
        assertThat(applications.find("window")).isEmpty();
        assertThat(applications.list()).extracting(Application::name).containsExactly("door", "reader", "spare");
        assertThatThrownBy(() -> applications.create("door"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("door");
    }

    @Test
    void anEqualIdempotencyKeyGivesWhatWasMadeAndAnotherUseOfItIsRefused() {
        ApplicationSpec spec = ApplicationSpec.builder("keyed")
                .idempotencyKey(IdempotencyKey.of("application-1"))
                .build();
        ApplicationVersionSpec pinned = ApplicationVersionSpec.builder()
                .model(scene.model())
                .idempotencyKey(IdempotencyKey.of("version-1"))
                .build();

        Application made = applications.create(spec);
        ApplicationVersion version = applications.createVersion("keyed", pinned);

        assertThat(applications.create(spec)).isEqualTo(made);
        assertThat(applications.createVersion("keyed", pinned)).isEqualTo(version);
        assertThat(applications.versions("keyed").toList()).hasSize(1);
        assertThatThrownBy(() -> applications.create(ApplicationSpec.builder("other")
                        .idempotencyKey(IdempotencyKey.of("application-1"))
                        .build()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("application-1");
    }

    @Test
    void badNamesAndTextsAreRefused() {
        for (String name : List.of("", "a b", "a/b", "a:1", "a".repeat(65))) {
            assertThatThrownBy(() -> applications.create(name))
                    .as(name)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("application name");
            assertThatThrownBy(() -> applications.createVersion(name, List.of(scene.model()), List.of(), ""))
                    .as(name)
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> applications.create(ApplicationSpec.builder("long")
                        .description("x".repeat(4097))
                        .build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("description");
        assertThatThrownBy(
                        () -> applications.createVersion("reader", List.of(scene.model()), List.of(), "x".repeat(513)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("comment");
    }

    @Test
    void aVersionIsTiedToModelsAndData() {
        ApplicationVersion version = applications.createVersion(
                "reader",
                List.of(scene.spareModel(), scene.model()),
                List.of(scene.data(), scene.spareData()),
                "second");

        assertThat(version.number()).isEqualTo(2);
        assertThat(version.reference()).isEqualTo(project.name() + "/reader:2");
        assertThat(version.comment()).isEqualTo("second");
        assertThat(version.models())
                .extracting(Pin::reference)
                .containsExactlyInAnyOrder(
                        scene.spareModel().reference(), scene.model().reference());
        assertThat(version.datasets())
                .extracting(Pin::id)
                .containsExactlyInAnyOrder(scene.data().id(), scene.spareData().id());
        assertThat(applications.version("reader", 2)).isEqualTo(version);
        assertThat(applications.versions("reader")).containsExactly(version, scene.application());
    }

    @Test
    void aVersionMakesItsApplication() {
        ApplicationVersion version = applications.createVersion("new", List.of(), List.of(scene.data()), "");

        assertThat(version.number()).isEqualTo(1);
        assertThat(applications.find("new")).isPresent();
    }

    @Test
    void twoVersionsOfOneThingOrNoneAtAllAreRefused() {
        ModelVersion other = Scene.importFrom(project, "classifier", scene.run());
        DatasetVersion data = Scene.publish(project, "data", "7");

        assertRefused(List.of(scene.model(), other), List.of(), other.reference());
        assertRefused(
                List.of(scene.model(), scene.model()), List.of(), scene.model().reference());
        assertRefused(List.of(), List.of(scene.data(), data), data.reference());
        assertRefused(List.of(), List.of(), "models");
        assertThat(applications.find("refused")).isEmpty();
    }

    private void assertRefused(List<ModelVersion> models, List<DatasetVersion> datasets, String message) {
        assertThatThrownBy(() -> applications.createVersion("refused", models, datasets, ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aVersionMayBeTiedToThingsOfAnotherProject() {
        Project other = mlops().projects().create(Scene.freshName());

        ApplicationVersion version =
                other.applications().createVersion("door", List.of(scene.model()), List.of(scene.data()), "");

        assertThat(version.models())
                .extracting(Pin::reference)
                .containsExactly(scene.model().reference());
        assertThatThrownBy(() -> applications.release(version))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(project.name());
    }

    @Test
    void whatIsDeletedIsNotPinned() {
        project.models().deleteVersion(scene.spareModel());

        assertThatThrownBy(() -> applications.createVersion("door", List.of(scene.spareModel()), List.of(), ""))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(scene.spareModel().reference());
        assertThat(applications.find("door")).isEmpty();
    }

    @Test
    void whatIsPinnedIsNotDeleted() {
        applications.createVersion("reader", List.of(scene.spareModel()), List.of(scene.spareData()), "");

        assertThatThrownBy(() -> project.models().deleteVersion(scene.spareModel()))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining("reader");
        assertThatThrownBy(() -> project.datasets().deleteVersion(scene.spareData()))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining("reader");
        assertThatThrownBy(() -> project.datasets().destroy("spare")).isInstanceOf(ResourceInUseException.class);
    }

    @Test
    void numbersAreNeverUsedAgain() {
        ApplicationVersion two = applications.createVersion("reader", List.of(scene.model()), List.of(), "");
        applications.deleteVersion(two);

        assertThat(applications
                        .createVersion("reader", List.of(scene.model()), List.of(), "")
                        .number())
                .isEqualTo(3);
        assertThatThrownBy(() -> applications.version("reader", 2))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("reader")
                .hasMessageContaining("2");
        assertThatThrownBy(() -> applications.deleteVersion(two)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aReleasedVersionIsNotDeleted() {
        assertThatThrownBy(() -> applications.deleteVersion(scene.application()))
                .isInstanceOfSatisfying(
                        ResourceInUseException.class,
                        e -> assertThat(e.users()).singleElement().asString().contains("release"));
        assertThat(applications.version("reader", 1)).isEqualTo(scene.application());
    }

    @Test
    void aDestroyedApplicationFreesWhatItWasTiedTo() {
        applications.destroy("reader");

        assertThat(applications.find("reader")).isEmpty();
        assertThatThrownBy(() -> applications.current("reader")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> applications.destroy("reader")).isInstanceOf(NotFoundException.class);
        assertThat(project.models().version("classifier:1")).isEqualTo(scene.model());
        project.models().destroy("classifier");
        assertThat(applications
                        .createVersion("reader", List.of(), List.of(scene.data()), "")
                        .number())
                .isEqualTo(1);
    }

    @Test
    void manyThreadsThatMakeVersionsGetGaplessNumbers() throws Exception {
        List<Callable<List<Long>>> works = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            works.add(() -> IntStream.range(0, 4)
                    .mapToObj(i -> applications
                            .createVersion("raced", List.of(scene.model()), List.of(), "")
                            .number())
                    .toList());
        }
        assertThat(Together.run(works).stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 24).boxed().toList());
    }
}
