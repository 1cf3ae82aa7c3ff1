package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.dataset.Split;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;

class SplitAssignmentPropertyTest {
    @Property(tries = 200)
    void aPlaceIsOnTheUnitIntervalAndDependsOnSeedAndPathAlone(@ForAll long seed, @ForAll @NotEmpty String path) {
        double place = SplitAssignment.place(seed, path);
        assertThat(place).isBetween(0.0, Math.nextDown(1.0)).isEqualTo(SplitAssignment.place(seed, path));
        SplitAssignment everything = SplitAssignment.byRatio(Split.ratio("all", 1));
        assertThat(everything.splitOf(path)).isEqualTo("all");
    }
}
