package dev.mlops.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ModelRegistry} keeps of aliases. Inherit it and say which store to use. */
public abstract class ModelAliasContract {
    private static final Alias CHAMPION = Alias.of("champion");

    @TempDir
    private Path directory;

    private ModelRegistry models;
    private ModelVersion one;
    private ModelVersion two;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected ModelAliasContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeVersions() throws IOException {
        models = mlops().projects().create(Scene.freshName()).models();
        Path file = Files.writeString(directory.resolve("model.txt"), "weights");
        one = models.importVersion("digits", ImportSource.file(file));
        two = models.importVersion("digits", ImportSource.file(file));
    }

    @Test
    void anAliasLeadsToWhereItWasMovedLast() {
        AliasChange made = models.setAlias(one, "champion");
        assertThat(models.version("digits@champion")).isEqualTo(one);
        AliasChange moved = models.setAlias(two, "champion");
        assertThat(models.version("digits@champion")).isEqualTo(two);

        assertThat(made.from()).isNull();
        assertThat(made.to()).isEqualTo("1");
        assertThat(moved.from()).isEqualTo("1");
        assertThat(moved.to()).isEqualTo("2");
        assertThat(moved.by()).isEqualTo(mlops().principal().name());
        assertThat(models.aliases("digits")).isEqualTo(Map.of(CHAMPION, "2"));
    }

    @Test
    void latestIsTheNewestVersionAndNoAlias() {
        assertThat(models.version("digits@latest")).isEqualTo(two);
        assertThat(models.aliases("digits")).isEmpty();
        for (String reserved : List.of("latest", "v1", "V12", "", "a b", "a@b")) {
            assertThatThrownBy(() -> models.setAlias(one, reserved))
                    .as(reserved)
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void aMoveHappensOnlyFromWhereTheAliasIsExpected() {
        models.setAlias(one, CHAMPION, AliasExpectation.ABSENT);
        assertThatThrownBy(() -> models.setAlias(two, CHAMPION, AliasExpectation.ABSENT))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("champion")
                .hasMessageContaining("digits:1");
        assertThatThrownBy(() -> models.setAlias(two, CHAMPION, AliasExpectation.at(two)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("digits:1");
        assertThatThrownBy(() -> models.setAlias(two, Alias.of("other"), AliasExpectation.at(one)))
                .isInstanceOf(ConflictException.class);
        assertThat(models.aliases("digits")).isEqualTo(Map.of(CHAMPION, "1"));

        models.setAlias(two, CHAMPION, AliasExpectation.at(one));
        assertThat(models.aliases("digits")).isEqualTo(Map.of(CHAMPION, "2"));
    }

    @Test
    void ofManyWhoMoveFromOnePlaceOneSucceeds() throws Exception {
        models.setAlias(one, "champion");
        List<ModelVersion> candidates = new ArrayList<>(List.of(two));
        for (int i = 0; i < 7; i++) {
            candidates.add(models.importVersion("digits", ImportSource.directory(directory)));
        }
        List<String> winners =
                Together.run(candidates.stream()
                                .<Callable<String>>map(candidate -> () -> tryMove(candidate))
                                .toList())
                        .stream()
                        .filter(winner -> !winner.isEmpty())
                        .toList();

        assertThat(winners).hasSize(1);
        assertThat(models.aliases("digits")).isEqualTo(Map.of(CHAMPION, winners.get(0)));
        assertThat(models.aliasHistory("digits", CHAMPION)).hasSize(2);
    }

    private String tryMove(ModelVersion candidate) {
        try {
            models.setAlias(candidate, CHAMPION, AliasExpectation.at(one));
            return candidate.version();
        } catch (ConflictException lost) {
            return "";
        }
    }

    @Test
    void ofManyWhoMakeAnAliasOneSucceeds() throws Exception {
        List<Callable<Boolean>> works = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ModelVersion version = i % 2 == 0 ? one : two;
            works.add(() -> {
                try {
                    models.setAlias(version, CHAMPION, AliasExpectation.ABSENT);
                    return true;
                } catch (ConflictException lost) {
                    return false;
                }
            });
        }
        assertThat(Together.run(works)).containsOnlyOnce(true);
        assertThat(models.aliasHistory("digits", CHAMPION)).hasSize(1);
    }

    @Test
    void theHistoryKeepsEveryMoveNewestFirst() {
        models.setAlias(one, "champion");
        models.setAlias(two, "champion");
        models.setAlias(two, "champion"); // no move
        models.removeAlias("digits", CHAMPION, AliasExpectation.ANY);
        models.setAlias(one, "champion");
        models.setAlias(one, "other");

        assertThat(models.aliasHistory("digits", CHAMPION))
                .extracting(change -> change.from() + "→" + change.to())
                .containsExactly("null→1", "2→null", "1→2", "null→1");
        assertThat(models.aliasHistory("digits", CHAMPION).page(3).items()).hasSize(3);
        assertThat(models.aliasHistory("digits", Alias.of("never"))).isEmpty();
    }

    @Test
    void theHistoryOutlivesTheVersion() {
        models.setAlias(one, "champion");
        models.setAlias(two, "champion");

        models.deleteVersion(one);

        assertThat(models.aliasHistory("digits", CHAMPION))
                .extracting(change -> change.from() + "→" + change.to())
                .containsExactly("1→2", "null→1");
    }

    @Test
    void aRemovedAliasLeadsNowhere() {
        models.setAlias(one, "champion");
        assertThatThrownBy(() -> models.removeAlias("digits", CHAMPION, AliasExpectation.at(two)))
                .isInstanceOf(ConflictException.class);
        AliasChange removed = models.removeAlias("digits", CHAMPION, AliasExpectation.at(one));

        assertThat(removed.from()).isEqualTo("1");
        assertThat(removed.to()).isNull();
        assertThat(models.aliases("digits")).isEmpty();
        assertThatThrownBy(() -> models.version("digits@champion")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> models.removeAlias("digits", CHAMPION, AliasExpectation.ANY))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("champion");
    }

    @Test
    void aVersionWithAnAliasIsNotDeleted() {
        models.setAlias(one, "champion");
        models.setAlias(one, "stable");

        assertThatThrownBy(() -> models.deleteVersion(one))
                .isInstanceOfSatisfying(
                        ResourceInUseException.class,
                        e -> assertThat(e.users())
                                .hasSize(2)
                                .anyMatch(user -> user.contains("champion"))
                                .anyMatch(user -> user.contains("stable")));
        models.setAlias(two, "champion");
        models.removeAlias("digits", Alias.of("stable"), AliasExpectation.ANY);
        models.deleteVersion(one);
        assertThat(models.versions("digits")).containsExactly(two);
    }

    @Test
    void anAliasGoesToNoDeletedVersion() {
        models.deleteVersion(one);

        assertThatThrownBy(() -> models.setAlias(one, "champion")).isInstanceOf(NotFoundException.class);
        assertThat(models.aliases("digits")).isEmpty();
    }
}
