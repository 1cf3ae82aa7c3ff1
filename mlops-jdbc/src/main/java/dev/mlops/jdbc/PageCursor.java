package dev.mlops.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of one list begins: after the sort key of the last item before it. A token is the Base64url of a JSON
 * array of the format (1), a fingerprint of the list with its arguments, and the parts of the key as texts or nulls.
 */
final class PageCursor {
    private static final String FORMAT = "1";
    private static final int MAX_TOKEN = 100_000;

    private final String fingerprint;
    private final int limit;
    private final @Nullable String token;
    private final @Nullable List<@Nullable String> key;

    private PageCursor(PageRequest request, String fingerprint) {
        this.fingerprint = fingerprint;
        this.limit = request.limit();
        this.token = request.token();
        this.key = token == null ? null : parse(token);
    }

    /** The cursor of a request on the list with this name and these arguments. */
    static PageCursor of(PageRequest request, String list, Object... arguments) {
        byte[] identity = (list + Arrays.toString(arguments)).getBytes(StandardCharsets.UTF_8);
        return new PageCursor(request, Sha256.of(identity).shortHex());
    }

    /** One more than the page holds, to see whether there is another page. */
    int fetch() {
        return limit + 1;
    }

    boolean isFirst() {
        return key == null;
    }

    /** A part of the key, or on the first page what sorts before all items. */
    String text(int part, String first) {
        if (isFirst()) {
            return first;
        }
        String value = part(part);
        if (value == null) {
            throw foreign(null);
        }
        return value;
    }

    /** A part of the key, or on the first page what sorts before all items. */
    long number(int part, long first) {
        try {
            return isFirst() ? first : Long.parseLong(text(part, ""));
        } catch (NumberFormatException e) {
            throw foreign(e);
        }
    }

    /** A part of the key, or on the first page what sorts before all items. */
    double real(int part, double first) {
        try {
            return isFirst() ? first : Double.parseDouble(text(part, ""));
        } catch (NumberFormatException e) {
            throw foreign(e);
        }
    }

    /** A part of the key of a page that is not the first; null where the item has no value. */
    @Nullable
    String part(int part) {
        List<@Nullable String> parts = key;
        if (parts == null || part >= parts.size()) {
            throw foreign(null);
        }
        return parts.get(part);
    }

    /** Cuts fetched rows to a page, whose token holds the key of its last row. */
    <T> Page<T> page(List<T> rows, Function<? super T, ? extends List<?>> keyOf) {
        if (rows.size() <= limit) {
            return new Page<>(rows, Optional.empty());
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(items, Optional.of(format(keyOf.apply(items.get(limit - 1)))));
    }

    private String format(List<?> parts) {
        ArrayNode array = Json.array().add(FORMAT).add(fingerprint);
        parts.forEach(part -> array.add(part == null ? null : part.toString()));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(array.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<@Nullable String> parse(String text) {
        try {
            if (text.length() > MAX_TOKEN) {
                throw foreign(null);
            }
            byte[] json = Base64.getUrlDecoder().decode(text);
            JsonNode array = Json.parse(new String(json, StandardCharsets.UTF_8));
            if (!FORMAT.equals(array.path(0).asText())
                    || !fingerprint.equals(array.path(1).asText())) {
                throw foreign(null);
            }
            List<@Nullable String> parts = new ArrayList<>();
            for (int i = 2; i < array.size(); i++) {
                parts.add(array.get(i).isNull() ? null : array.get(i).asText());
            }
            return parts;
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw foreign(e);
        }
    }

    private InvalidInputException foreign(@Nullable Exception cause) {
        return new InvalidInputException(
                "page token", token, "is not a token of this list; begin again without one", cause);
    }
}
