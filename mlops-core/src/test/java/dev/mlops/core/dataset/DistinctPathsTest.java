package dev.mlops.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class DistinctPathsTest {
    @Property(tries = 500)
    void whatDiffersInCaseOrFormOnlyFoldsToOne(@ForAll @StringLength(max = 10) String path) {
        String folded = DistinctPaths.fold(path);
        assertThat(DistinctPaths.fold(Normalizer.normalize(path, Normalizer.Form.NFC)))
                .isEqualTo(DistinctPaths.fold(Normalizer.normalize(path, Normalizer.Form.NFD)));
        assertThat(DistinctPaths.fold(folded)).isEqualTo(folded);
    }
}
