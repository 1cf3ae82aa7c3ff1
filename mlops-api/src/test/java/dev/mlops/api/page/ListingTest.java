package dev.mlops.api.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListingTest {
    private final List<PageRequest> requests = new ArrayList<>();

    @Test
    void streamsAllPagesAndReadsThemOnlyWhenNeeded() {
        Listing<Integer> listing = numbers(250);

        assertThat(listing.stream().limit(3)).containsExactly(0, 1, 2);
        assertThat(requests).hasSize(1);
        assertThat(listing.toList()).hasSize(250).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void goesOnAfterAnEmptyPageThatIsNotTheLast() {
        Listing<Integer> listing = Listing.of(request -> request.token() == null
                ? new Page<>(List.of(), Optional.of("1"))
                : new Page<>(List.of(7), Optional.empty()));

        assertThat(listing.toList()).containsExactly(7);
    }

    @Test
    void iteratorEnds() {
        var iterator = numbers(0).iterator();

        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void mapsItemsAndKeepsTokens() {
        Listing<String> mapped = numbers(3).map(n -> "n" + n);

        Page<String> first = mapped.page(2);
        assertThat(first.items()).containsExactly("n0", "n1");
        assertThat(mapped.page(new PageRequest(2, first.nextToken().orElseThrow()))
                        .items())
                .containsExactly("n2");
        assertThat(mapped.first()).contains("n0");
    }

    @Test
    void refusesPagesWithoutOrWithTooManyItems() {
        assertThatThrownBy(() -> PageRequest.first(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> PageRequest.first(10_001)).hasMessageContaining("10001");
    }

    private Listing<Integer> numbers(int count) {
        return Listing.of(request -> {
            requests.add(request);
            String token = request.token();
            int from = token == null ? 0 : Integer.parseInt(token);
            int to = Math.min(count, from + request.limit());
            return new Page<>(
                    IntStream.range(from, to).boxed().toList(),
                    to < count ? Optional.of(Integer.toString(to)) : Optional.empty());
        });
    }
}
