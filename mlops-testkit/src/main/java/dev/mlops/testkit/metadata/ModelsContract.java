package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelDocument;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Run;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Models, versions and aliases. */
public abstract class ModelsContract extends MetadataStoreContract {
    private static final Alias CHAMPION = Alias.of("champion");

    /** For subclasses. */
    protected ModelsContract() {}

    @Test
    void keepsAModelAndItsChanges() {
        ProjectInfo project = world().project();
        Model model = world().model(project, "digits", "reads digits", Set.of("vision", "onnx"));
        assertThat(find(tx -> tx.models().find(project.id(), "digits"))).contains(model);

        Model changed = new Model(
                model.id(),
                project.id(),
                "digits",
                "better",
                Set.of("onnx", "β"),
                List.of(new ModelDocument("card", URI.create("https://example.org/a?b=c#d"))),
                VersionNumbering.COUNTED,
                "alice",
                model.createdAt(),
                World.NOW.plusSeconds(60));
        change(tx -> tx.models().update(changed));

        assertThat(find(tx -> tx.models().findById(model.id()))).contains(changed);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> world().model(project, "digits", "", Set.of()))
                .withMessageContaining("digits");
    }

    @Test
    void listsByTextLabelAndOrder() {
        ProjectInfo project = world().project();
        Model b = world().model(project, "b", "Vision 100%", Set.of("x"));
        Model a = world().model(project, "a", "", Set.of("x", "y"));
        Model c = world().model(project, "c", "", Set.of("Y"));
        Model updated = new Model(
                b.id(),
                project.id(),
                "b",
                "Vision 100%",
                Set.of("x"),
                List.of(),
                b.numbering(),
                "alice",
                b.createdAt(),
                World.NOW.plusSeconds(3600));
        change(tx -> tx.models().update(updated));

        assertThat(models(project, ModelQuery.ALL, HOST)).containsExactly(a, updated, c);
        assertThat(models(project, new ModelQuery(null, null, ModelQuery.Order.NEWEST), HOST))
                .containsExactly(c, a, updated);
        assertThat(models(project, new ModelQuery(null, null, ModelQuery.Order.UPDATED), HOST))
                .containsExactly(updated, c, a);
        assertThat(models(project, ModelQuery.label("y"), HOST)).containsExactly(a);
        assertThat(models(project, ModelQuery.text("vISION 1"), HOST)).containsExactly(updated);
        assertThat(models(project, ModelQuery.text("%"), HOST)).containsExactly(updated);
        assertThat(models(project, new ModelQuery("vision", "y", ModelQuery.Order.NAME), HOST))
                .isEmpty();
    }

    @Test
    void listsOnlyThoseThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Model granted = world().model(project);
        world().model(project);
        world().grant(project, Asset.model(granted.id()), Subject.user("bob"), Privilege.PUBLISH);

        for (ModelQuery.Order order : ModelQuery.Order.values()) {
            ModelQuery query = new ModelQuery(null, null, order);
            assertThat(models(project, query, Principal.user("bob"))).containsExactly(granted);
            assertThat(models(project, query, Principal.user("eve"))).isEmpty();
        }
    }

    @Test
    void keepsAWholeVersion() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        Run run = world().run(world().experiment(project));
        DatasetVersion first = world().datasetVersion(project, world().dataset(project), null);
        DatasetVersion second = world().datasetVersion(project, world().dataset(project), null);
        ModelVersion version = new ModelVersion(
                World.id(),
                project.id(),
                model.id(),
                project.name() + "/" + model.name() + ":0.0.1",
                "0.0.1",
                1,
                "title",
                "comment",
                ModelStatus.FAILED,
                "why",
                signature(),
                "artifact model.onnx of " + run.reference(),
                List.of(
                        new ModelFile("a/b.bin", 0, World.digest("b")),
                        new ModelFile("model.onnx", 5, World.digest("m"))),
                World.digest("v"),
                run.id(),
                List.of(second.id(), first.id()),
                "alice",
                World.NOW);
        change(tx -> tx.models().insertVersion(version));

        assertThat(find(tx -> tx.models().findVersionById(version.id()))).contains(version);
        assertThat(find(tx -> tx.models().findVersion(model.id(), "0.0.1"))).contains(version);
        assertThat(find(tx -> tx.models().latestVersion(model.id()))).contains(version);
        assertThat(find(tx -> tx.models().findVersion(model.id(), "1"))).isEmpty();
    }

    @Test
    void listsVersionsNewestFirstWithAllThatBelongsToThem() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        List<ModelVersion> versions = IntStream.range(0, 5)
                .mapToObj(i -> world().modelVersion(project, model))
                .toList();

        assertThat(readAll(2, (tx, page) -> tx.models().versions(model.id(), page)))
                .containsExactly(versions.get(4), versions.get(3), versions.get(2), versions.get(1), versions.get(0));
    }

    @Test
    void aNumberIsNeverGivenAgain() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        assertThat(find(tx -> tx.models().newestNumber(model.id()))).isEmpty();
        ModelVersion first = world().modelVersion(project, model);
        ModelVersion second = world().modelVersion(project, model);
        change(tx -> tx.models().deleteVersion(second.id()));

        assertThat(find(tx -> tx.models().newestNumber(model.id()))).contains("2");
        assertThat(find(tx -> tx.models().latestVersion(model.id()))).contains(first);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.models().insertVersion(renumbered(second, "2", 3))))
                .withMessageContaining("2");
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.models().insertVersion(renumbered(second, "1", 3))));
        assertThat(world().modelVersion(project, model).version()).isEqualTo("3");
    }

    @Test
    void versionsAreGaplessWhenSeveralImportAtOnce() {
        ProjectInfo project = world().project();
        Model model = world().model(project);

        together(
                4,
                () -> IntStream.range(0, 5)
                        .mapToObj(i -> world().modelVersion(project, model))
                        .toList());

        assertThat(readAll(100, (tx, page) -> tx.models().versions(model.id(), page)))
                .extracting(ModelVersion::ordinal)
                .hasSize(20)
                .endsWith(1L)
                .startsWith(20L);
    }

    @Test
    void movesAndRemovesAnAliasAndKeepsItsHistory() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion first = world().modelVersion(project, model);
        ModelVersion second = world().modelVersion(project, model);

        AliasChange made = move(model, null, first);
        AliasChange moved = move(model, first, second);
        assertThat(find(tx -> tx.models().findAlias(model.id(), CHAMPION))).contains(second);
        assertThat(aliases(model)).isEqualTo(Map.of(CHAMPION, "2"));

        AliasChange removed = move(model, second, null);
        assertThat(find(tx -> tx.models().findAlias(model.id(), CHAMPION))).isEmpty();
        assertThat(aliases(model)).isEmpty();
        assertThat(readAll(1, (tx, page) -> tx.models().aliasHistory(model.id(), CHAMPION, page)))
                .containsExactly(removed, moved, made);
    }

    @Test
    void ofSeveralThatMakeAnAliasAtOnceOneFindsItAbsent() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion version = world().modelVersion(project, model);

        List<Boolean> made = together(
                5,
                () -> this.<Boolean>write(tx -> {
                    if (tx.models().lockAlias(model.id(), CHAMPION).isPresent()) {
                        return false;
                    }
                    tx.models()
                            .moveAlias(
                                    model.id(), version.id(), new AliasChange(CHAMPION, null, "1", "alice", World.NOW));
                    return true;
                }));

        assertThat(made).containsOnlyOnce(true);
    }

    @Test
    void saysWhatUsesAVersion() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion version = world().modelVersion(project, model);
        assertThat(list(tx -> tx.models().users(version.id()))).isEmpty();

        move(model, null, version);
        Device device = world().device(project);
        Deployment deployment = world().deployment(device, version, 49_152);
        var application =
                world().applicationVersion(project, world().application(project), List.of(version), List.of());

        assertThat(list(tx -> tx.models().users(version.id())))
                .hasSize(3)
                .contains("alias champion")
                .anyMatch(text -> text.contains(application.reference()))
                .anyMatch(text -> text.contains("deployment " + deployment.number()) && text.contains(device.name()));
        change(tx -> tx.devices().updateDeployment(deployment.with(DesiredState.ABSENT, World.NOW)));
        assertThat(list(tx -> tx.models().users(version.id()))).hasSize(2);
    }

    @Test
    void deploymentsThatAreOverStayWithoutTheirVersion() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion version = world().modelVersion(project, model);
        Device device = world().device(project);
        Deployment over = world().deployment(device, version, 49_152).with(DesiredState.ABSENT, World.NOW);
        change(tx -> tx.devices().updateDeployment(over));

        change(tx -> tx.models().deleteVersion(version.id()));

        assertThat(find(tx -> tx.models().findVersionById(version.id()))).isEmpty();
        Deployment kept = find(tx -> tx.devices().findDeployment(over.id())).orElseThrow();
        assertThat(kept.number()).isEqualTo(over.number());
        assertThat(kept.model()).isEqualTo(version.reference());
        assertThat(kept.modelName()).isEqualTo(model.name());
        change(tx -> tx.models().delete(model.id()));
        assertThat(readAll(5, (tx, page) -> tx.devices().deployments(device.id(), page)))
                .containsExactly(kept);
    }

    @Test
    void aVersionThatSomethingRefersToCannotBeDeleted() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion version = world().modelVersion(project, model);
        world().deployment(world().device(project), version, 49_152);

        assertThatThrownBy(() -> change(tx -> tx.models().deleteVersion(version.id())))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> change(tx -> tx.models().delete(model.id()))).isInstanceOf(RuntimeException.class);
        assertThat(find(tx -> tx.models().findVersionById(version.id()))).contains(version);
    }

    @Test
    void deletesAModelWithVersionsAndAliases() {
        ProjectInfo project = world().project();
        Model model = world().model(project);
        ModelVersion version = world().modelVersion(project, model);
        move(model, null, version);

        change(tx -> tx.models().delete(model.id()));

        assertThat(find(tx -> tx.models().findById(model.id()))).isEmpty();
        assertThat(find(tx -> tx.models().findVersionById(version.id()))).isEmpty();
        assertThat(readAll(5, (tx, page) -> tx.models().aliasHistory(model.id(), CHAMPION, page)))
                .isEmpty();
    }

    private static Signature signature() {
        return new Signature(
                List.of(
                        ValueSpec.tensor("pixels", ElementType.FLOAT, Dimension.symbolic("batch"), Dimension.fixed(64)),
                        ValueSpec.tensor("scalar", ElementType.INT64),
                        new ValueSpec("unranked", ValueKind.TENSOR, ElementType.STRING, null),
                        new ValueSpec("open", ValueKind.TENSOR, null, List.of(Dimension.open(), Dimension.fixed(0)))),
                List.of(new ValueSpec("maps", ValueKind.SEQUENCE, ElementType.FLOAT, null)),
                "tribuo 4.3.2",
                Map.of("", 17L, "ai.onnx.ml", 3L),
                Map.of("author", "\"quoted\" ü"));
    }

    private static ModelVersion renumbered(ModelVersion version, String number, long ordinal) {
        return new ModelVersion(
                World.id(),
                version.projectId(),
                version.modelId(),
                version.reference(),
                number,
                ordinal,
                "",
                "",
                ModelStatus.READY,
                "",
                null,
                "a test",
                List.of(),
                version.digest(),
                null,
                List.of(),
                "alice",
                World.NOW);
    }

    private AliasChange move(Model model, @Nullable ModelVersion from, @Nullable ModelVersion to) {
        AliasChange change = new AliasChange(
                CHAMPION, from == null ? null : from.version(), to == null ? null : to.version(), "alice", World.NOW);
        change(tx -> tx.models().moveAlias(model.id(), to == null ? null : to.id(), change));
        return change;
    }

    private Map<Alias, String> aliases(Model model) {
        return read(tx -> tx.models().aliases(model.id()));
    }

    private List<Model> models(ProjectInfo project, ModelQuery query, Principal viewer) {
        return readAll(1, (tx, page) -> tx.models().list(project.id(), query, viewer, page));
    }
}
