package dev.mlops.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class FoldedPathTest {
    /** An iota below, and a mark that is written before it when decomposed. */
    @Example
    void combiningMarksAreInOneOrder() {
        String composed = "\u1f80\u0302";
        String decomposed = Normalizer.normalize(composed, Normalizer.Form.NFD);
        assertThat(FoldedPath.of(composed)).isEqualTo(FoldedPath.of(decomposed));
        assertThat(FoldedPath.of("STRASSE/\u00c5")).isEqualTo(FoldedPath.of("stra\u00dfe/A\u030a"));
    }

    @Property(tries = 500)
    void whatDiffersInCaseOrFormOnlyFoldsToOne(@ForAll @StringLength(max = 10) String path) {
        String folded = FoldedPath.of(path);
        assertThat(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFC)))
                .isEqualTo(FoldedPath.of(Normalizer.normalize(path, Normalizer.Form.NFD)));
        assertThat(FoldedPath.of(folded)).isEqualTo(folded);
    }
}
