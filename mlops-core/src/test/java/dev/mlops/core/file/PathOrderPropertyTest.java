package dev.mlops.core.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;

class PathOrderPropertyTest {
    @Property(tries = 500)
    void pathsAreOrderedAsTheirUtf8Bytes(
            @ForAll @Chars({'a', 'b', '/', 'ä', '\uffee'}) String a, @ForAll @Chars({'a', 'b', '\uffee'}) String b) {
        for (String left : List.of(a, a + "\ud83c\udfaf", "\ud83c\udfaf" + a)) {
            for (String right : List.of(b, b + "\ud83c\udfb0", b + "\uffee")) {
                int expected = Arrays.compareUnsigned(
                        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(PathOrder.BY_CODE_POINT.compare(left, right)))
                        .isEqualTo(Integer.signum(expected));
            }
        }
    }
}
