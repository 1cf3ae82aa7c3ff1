package dev.mlops.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.statement.Query;

/** Values of a query that is put together from parts. Not thread-safe. */
final class Parameters {
    private final List<Object> values = new ArrayList<>();

    /** Keeps a value and gives the place to write into the query. */
    String add(Object value) {
        values.add(value);
        return ":p" + (values.size() - 1);
    }

    /** Keeps several values and gives the list of places in parentheses. */
    String list(Collection<String> list) {
        return "(" + String.join(", ", list.stream().map(this::add).toList()) + ")";
    }

    Query bind(Query query) {
        for (int i = 0; i < values.size(); i++) {
            query.bind("p" + i, values.get(i));
        }
        return query;
    }
}
