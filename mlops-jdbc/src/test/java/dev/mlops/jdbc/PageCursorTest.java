package dev.mlops.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class PageCursorTest {
    @Property(tries = 200)
    void aKeyComesBackAsItWas(@ForAll String text, @ForAll long number, @ForAll double real) {
        String clean = text.codePoints()
                .filter(c -> !Character.isSurrogate((char) c) || c > 0xffff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        Page<String> page = PageCursor.of(PageRequest.first(1), "list", "argument")
                .page(List.of("a", "b"), item -> Arrays.asList(clean, number, real, null));

        PageCursor next = PageCursor.of(new PageRequest(1, page.nextToken().orElseThrow()), "list", "argument");

        assertThat(next.isFirst()).isFalse();
        assertThat(next.text(0, "first")).isEqualTo(clean);
        assertThat(next.number(1, 0)).isEqualTo(number);
        assertThat(next.real(2, 0)).isEqualTo(real);
        assertThat(next.part(3)).isNull();
    }

    @Property(tries = 300)
    void noOtherTextIsAToken(@ForAll @StringLength(max = 60) String text) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PageCursor.of(new PageRequest(1, text), "list"))
                .satisfies(e -> assertThat(e.field()).isEqualTo("page token"));
    }
}
