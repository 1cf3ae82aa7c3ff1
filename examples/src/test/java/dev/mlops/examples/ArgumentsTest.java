package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void takesWordsAndOptionsApart() {
        Arguments arguments = Arguments.parse(new String[] {"--in", "a", "word", "--in", "b"}, "--in");

        assertThat(arguments.first()).hasValue("word");
        assertThat(arguments.all("--in")).containsExactly("a", "b");
        assertThat(arguments.option("--in")).hasValue("b");
        assertThat(arguments.option("--out")).isEmpty();
    }

    @Test
    void refusesUnknownOptionsAndOptionsWithoutAValue() {
        assertThatThrownBy(() -> Arguments.parse(new String[] {"--im", "a"}, "--in"))
                .hasMessageContaining("'--im': is not known; --in are");
        assertThatThrownBy(() -> Arguments.parse(new String[] {"--in"}, "--in")).hasMessageContaining("needs a value");
    }
}
