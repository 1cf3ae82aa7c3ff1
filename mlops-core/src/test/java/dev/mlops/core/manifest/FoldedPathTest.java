package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class FoldedPathTest {
    @Property(tries = 500)
    void whatDiffersInCaseOrFormOnlyFoldsToOne(@ForAll @StringLength(max = 10) String path) {
        String folded = FoldedPath.of(path);
        assertThat(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFC)))
                .isEqualTo(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFD)));
        assertThat(FoldedPath.of(folded)).isEqualTo(folded);
    }
}
