package dev.mlops.jdbc;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** A row of a result, in the types of the API. */
final class Row {
    private final ResultSet columns;

    private Row(ResultSet columns) {
        this.columns = columns;
    }

    /** Reads a thing from a row. */
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    static <T> RowMapper<T> mapper(Reader<T> reader) {
        return (columns, context) -> reader.read(new Row(columns));
    }

    String text(String column) throws SQLException {
        String value = columns.getString(column);
        if (value == null) {
            throw new IntegrityException("Column '%s' of a stored row is NULL".formatted(column));
        }
        return value;
    }

    @Nullable
    String optionalText(String column) throws SQLException {
        return columns.getString(column);
    }

    long number(String column) throws SQLException {
        return columns.getLong(column);
    }

    double real(String column) throws SQLException {
        return columns.getDouble(column);
    }

    @Nullable
    Object value(String column) throws SQLException {
        return columns.getObject(column);
    }

    boolean isTrue(String column) throws SQLException {
        return columns.getInt(column) != 0;
    }

    Instant time(String column) throws SQLException {
        return Instant.ofEpochMilli(columns.getLong(column));
    }

    @Nullable
    Instant optionalTime(String column) throws SQLException {
        long millis = columns.getLong(column);
        return columns.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    /** What a column that holds a time is set to. */
    static @Nullable Long millis(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    <E extends Enum<E>> E constant(String column, Class<E> type) throws SQLException {
        String name = text(column);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IntegrityException(
                    "Column '%s' of a stored row holds '%s', which no %s is"
                            .formatted(column, name, type.getSimpleName()),
                    e);
        }
    }

    Sha256 sha256(String column) throws SQLException {
        String hex = text(column);
        try {
            return new Sha256(hex);
        } catch (InvalidInputException e) {
            throw new IntegrityException(
                    "Column '%s' of a stored row holds no SHA-256: '%s'".formatted(column, hex), e);
        }
    }
}
