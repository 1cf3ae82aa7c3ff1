package dev.mlops.jdbc;

import dev.mlops.api.error.InvalidInputException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the event log: {@code <transaction>-<event>} in text, the empty text for the start. The transaction is 0
 * on SQLite.
 */
record EventCursor(long transaction, long event) {
    private static final EventCursor START = new EventCursor(0, 0);
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    static EventCursor parse(String text) {
        if (text.isEmpty()) {
            return START;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException("event cursor", text, "must be empty or the cursor of an event");
        }
        return new EventCursor(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    static EventCursor of(Row row) throws SQLException {
        return new EventCursor(Long.parseLong(row.text("cursor_transaction")), row.number("id"));
    }

    @Override
    public String toString() {
        return transaction + "-" + event;
    }
}
