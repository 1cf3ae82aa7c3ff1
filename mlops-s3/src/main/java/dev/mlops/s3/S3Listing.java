package dev.mlops.s3;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Reads a listing page by page. Objects whose keys break the rules are someone else's and are left out, as are those that
 * a server lists though nobody asked for them. Confined to one thread.
 */
final class S3Listing implements Iterator<ObjectInfo> {
    private final Function<@Nullable String, ListObjectsV2Response> fetch;
    private final String root;
    private final String prefix;
    private Iterator<S3Object> page = Collections.emptyIterator();
    private @Nullable String token;
    private boolean last;
    private String previous = "";
    private @Nullable ObjectInfo next;

    /**
     * Creates a listing.
     *
     * @param root what all keys of the store start with in the bucket
     * @param prefix what the keys of the listing start with after that
     * @param fetch gives the page with a token, or the first page for null
     */
    S3Listing(String root, String prefix, Function<@Nullable String, ListObjectsV2Response> fetch) {
        this.root = root;
        this.prefix = prefix;
        this.fetch = fetch;
    }

    @Override
    public boolean hasNext() {
        while (next == null && (page.hasNext() || !last)) {
            if (page.hasNext()) {
                take(page.next());
            } else {
                turnPage();
            }
        }
        return next != null;
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        ObjectInfo result = next;
        next = null;
        return result;
    }

    private void turnPage() {
        ListObjectsV2Response response = fetch.apply(token);
        page = response.contents().iterator();
        token = response.nextContinuationToken();
        last = !Boolean.TRUE.equals(response.isTruncated()) || token == null;
    }

    private void take(S3Object object) {
        String key = object.key().startsWith(root) ? object.key().substring(root.length()) : "";
        if (!ObjectKeys.isValid(key) || !key.startsWith(prefix)) {
            return;
        }
        if (key.compareTo(previous) <= 0) {
            throw new IntegrityException(
                    "the S3 store listed '%s' after '%s', but must list in ascending order".formatted(key, previous));
        }
        previous = key;
        next = new ObjectInfo(key, object.size(), object.lastModified());
    }
}
