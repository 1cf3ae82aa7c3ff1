package dev.mlops.api.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.run.RunFilter.And;
import dev.mlops.api.run.RunFilter.In;
import dev.mlops.api.run.RunFilter.Membership;
import dev.mlops.api.run.RunFilter.NumberComparison;
import dev.mlops.api.run.RunFilter.Operator;
import dev.mlops.api.run.RunFilter.Or;
import dev.mlops.api.run.RunFilter.Presence;
import dev.mlops.api.run.RunFilter.TextComparison;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFilterTest {
    private static final RunField ACCURACY = new RunField(RunField.Kind.METRIC, "accuracy");
    private static final RunField KIND = new RunField(RunField.Kind.PARAM, "kind");

    @Test
    void bindsAndTighterThanOr() {
        RunFilter filter = RunFilter.parse("metrics.accuracy > 0.9 or params.kind = 'a' AND params.kind != 'b'");

        assertThat(filter)
                .isEqualTo(new Or(List.of(
                        new NumberComparison(ACCURACY, Operator.GT, 0.9),
                        new And(List.of(
                                new TextComparison(KIND, Operator.EQ, "a"),
                                new TextComparison(KIND, Operator.NE, "b"))))));
    }

    @Test
    void parenthesesComeFirst() {
        RunFilter filter = RunFilter.parse("(metrics.accuracy > 0.9 OR params.kind = 'a') AND params.kind != 'b'");

        assertThat(filter)
                .isEqualTo(new And(List.of(
                        new Or(List.of(
                                new NumberComparison(ACCURACY, Operator.GT, 0.9),
                                new TextComparison(KIND, Operator.EQ, "a"))),
                        new TextComparison(KIND, Operator.NE, "b"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "metric.accuracy >= 1 | METRIC | accuracy",
                "metrics.\"val loss\" < 2e-3 | METRIC | val loss",
                "metrics.`a.b/c-d` = -1.5 | METRIC | a.b/c-d",
                "parameter.kind LIKE 'soft%' | PARAM | kind",
                "parameters.kind ilike \"SOFT%\" | PARAM | kind",
                "tags.team = 'vision' | TAG | team",
                "attributes.status = 'FINISHED' | ATTRIBUTE | status",
                "run.run_name = 'x' | ATTRIBUTE | run_name",
                "start_time > 1700000000000 | ATTRIBUTE | start_time",
                "attr.user_id = 'it''s me' | ATTRIBUTE | user_id",
            })
    void readsEveryKindOfField(String text, RunField.Kind kind, String key) {
        RunFilter filter = RunFilter.parse(text);

        RunField field = filter instanceof NumberComparison number ? number.field() : ((TextComparison) filter).field();
        assertThat(field).isEqualTo(new RunField(kind, key));
    }

    @Test
    void readsMembershipAndPresence() {
        assertThat(RunFilter.parse("run_id IN ('a', 'b')"))
                .isEqualTo(new In(new RunField(RunField.Kind.ATTRIBUTE, "run_id"), List.of("a", "b"), Membership.IN));
        assertThat(RunFilter.parse("params.kind not in ('x')"))
                .isEqualTo(new In(KIND, List.of("x"), Membership.NOT_IN));
        assertThat(RunFilter.parse("metrics.accuracy IS NULL")).isEqualTo(new Presence(ACCURACY, Membership.NOT_IN));
        assertThat(RunFilter.parse("metrics.accuracy is not null")).isEqualTo(new Presence(ACCURACY, Membership.IN));
    }

    @Test
    void keepsQuotesInsideText() {
        assertThat(RunFilter.parse("params.kind = 'it''s'")).isEqualTo(new TextComparison(KIND, Operator.EQ, "it's"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "metrics.accuracy",
                "metrics.accuracy >",
                "metrics.accuracy > 'text'",
                "metrics.accuracy LIKE '%'",
                "metrics.accuracy IN ('1')",
                "params.kind > 'a'",
                "params.kind = 1",
                "params.kind = 'a' AND",
                "params.kind = 'a' params.kind = 'b'",
                "(params.kind = 'a'",
                "params.kind = 'a')",
                "params.kind = 'unfinished",
                "params.kind IN ()",
                "params.kind IS 'a'",
                "nonsense = 'a'",
                "params. = 'a'",
                "metrics.accuracy > 1.2.3",
                "params.kind = 'a'; DROP TABLE run",
                "= 'a'",
                "'a' = params.kind",
            })
    void refusesWhatDoesNotFollowTheGrammar(String text) {
        assertThatThrownBy(() -> RunFilter.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("filter");
    }

    @Test
    void saysWhereItStumbled() {
        assertThatThrownBy(() -> RunFilter.parse("params.kind = 'a' AND nonsense = 'b'"))
                .hasMessageContaining("nonsense")
                .hasMessageContaining("start_time");
    }

    @Test
    void refusesDeepNestingAndLongTextWithoutOverflow() {
        String deep = "(".repeat(4000) + "run_id = 'a'" + ")".repeat(4000);

        assertThatThrownBy(() -> RunFilter.parse(deep))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> RunFilter.parse("run_id = '" + "x".repeat(20_000) + "'"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("10000");
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        try {
            assertThat(RunFilter.parse(text)).isNotNull();
        } catch (InvalidInputException e) {
            assertThat(e).hasMessageContaining("filter");
        }
    }

    @Property
    void everyFiniteNumberIsReadBack(@ForAll @DoubleRange(min = -1e300, max = 1e300) double value) {
        assertThat(RunFilter.parse("metrics.accuracy = " + value))
                .isEqualTo(new NumberComparison(ACCURACY, Operator.EQ, value));
    }

    @Test
    void readsOrders() {
        assertThat(RunOrder.parse("metrics.accuracy DESC")).isEqualTo(new RunOrder(ACCURACY, RunOrder.Direction.DESC));
        assertThat(RunOrder.parse("params.kind")).isEqualTo(new RunOrder(KIND, RunOrder.Direction.ASC));
        assertThatThrownBy(() -> RunOrder.parse("params.kind SIDEWAYS")).isInstanceOf(InvalidInputException.class);
    }
}
