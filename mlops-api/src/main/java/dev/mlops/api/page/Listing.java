package dev.mlops.api.page;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A list that has not been read yet: read it as a stream, which fetches page after page as it goes, or page by page
 * with tokens. Every read asks the backend anew, with the rights of the caller who made the listing. Thread-safe.
 */
public final class Listing<T> implements Iterable<T> {
    private final Function<PageRequest, Page<T>> reader;

    private Listing(Function<PageRequest, Page<T>> reader) {
        this.reader = reader;
    }

    /** A listing whose pages are read by {@code reader}. */
    public static <T> Listing<T> of(Function<PageRequest, Page<T>> reader) {
        return new Listing<>(reader);
    }

    /** Reads one page. */
    public Page<T> page(PageRequest request) {
        return reader.apply(request);
    }

    /** Reads the first page of at most {@code limit} items. */
    public Page<T> page(int limit) {
        return reader.apply(PageRequest.first(limit));
    }

    /** Reads everything, {@value PageRequest#DEFAULT_LIMIT} items at a time, as the stream is consumed. */
    public Stream<T> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    /** Reads everything into a list; prefer {@link #stream()} where the list may be long. */
    public List<T> toList() {
        return stream().toList();
    }

    /** The first item, if there is one. */
    public Optional<T> first() {
        return page(1).items().stream().findFirst();
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private @Nullable Page<T> page;
            private int next;

            @Override
            public boolean hasNext() {
                Page<T> current = page;
                while (current == null
                        || (next >= current.items().size()
                                && current.nextToken().isPresent())) {
                    String token = current == null ? null : current.nextToken().orElse(null);
                    current = reader.apply(new PageRequest(PageRequest.DEFAULT_LIMIT, token));
                    page = current;
                    next = 0;
                }
                return next < current.items().size();
            }

            @Override
            public T next() {
                Page<T> current = hasNext() ? page : null;
                if (current == null) {
                    throw new NoSuchElementException();
                }
                return current.items().get(next++);
            }
        };
    }

    /** Maps each item; the paging stays that of this listing. */
    public <R> Listing<R> map(Function<? super T, ? extends R> mapper) {
        return of(request -> {
            Page<T> page = reader.apply(request);
            List<R> items = page.items().stream().<R>map(mapper).toList();
            return new Page<>(items, page.nextToken());
        });
    }
}
