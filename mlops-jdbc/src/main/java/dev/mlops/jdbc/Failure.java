package dev.mlops.jdbc;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/** What went wrong in a database, and which exception of the SDK says so: the one place where the two meet. */
enum Failure {
    /** Another transaction won; the same work may do well when it is run again. */
    RACE,
    /** What a foreign key refers to is gone, or what was to be deleted is referred to. */
    REFERENCE,
    /** Locked by others; the same work may do well when it is run again. */
    BUSY,
    /** A name or number is taken. */
    DUPLICATE,
    /** Out of reach, read-only, full, or too slow. */
    UNAVAILABLE,
    /** Out of reach since the transaction began, so that a commit under way may or may not have happened. */
    CONNECTION_LOST,
    /** The database file or its pages are broken, or it is no database. */
    DAMAGED,
    /** The calling thread was interrupted while it waited. */
    INTERRUPTED,
    /** Nothing that a database should say to correct code. */
    UNEXPECTED;

    /** SQLSTATE codes of PostgreSQL (appendix A of its manual) that mean a lost race. */
    private static final Set<String> RACES = Set.of("40001", "40P01");

    private static final Set<String> UNREACHABLE = Set.of("57P01", "57P02", "57P03", "57P05");
    private static final Set<String> REFUSED = Set.of("25006", "55P03", "57014");

    /** The failure behind an exception of Jdbi, Flyway, a pool or a driver. */
    static Failure of(Throwable thrown) {
        SQLException cause = null;
        for (Throwable t = thrown; t != null && t != t.getCause(); t = t.getCause()) {
            if (t instanceof InterruptedException) {
                return INTERRUPTED;
            }
            if (t instanceof SQLException sql) {
                cause = sql;
            }
        }
        return cause == null ? UNEXPECTED : ofSql(cause);
    }

    private static Failure ofSql(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            return ofSqlite(sqlite);
        }
        return e instanceof SQLTransientConnectionException ? UNAVAILABLE : ofState(e.getSQLState());
    }

    private static Failure ofSqlite(SQLiteException e) {
        return switch (e.getResultCode()) {
            case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID -> DUPLICATE;
            case SQLITE_CONSTRAINT_FOREIGNKEY -> REFERENCE;
            default -> ofPrimary(e.getResultCode().code & 0xff);
        };
    }

    /** Primary result codes: sqlite.org/rescode.html. */
    private static Failure ofPrimary(int code) {
        return switch (code) {
            case 5, 6 -> BUSY; // BUSY, LOCKED
            case 7, 8, 13, 14, 23 -> UNAVAILABLE; // NOMEM, READONLY, FULL, CANTOPEN, AUTH
            case 10 -> CONNECTION_LOST; // IOERR: whether the bytes of a commit reached the disk is not known
            case 11, 26 -> DAMAGED; // CORRUPT, NOTADB
            default -> UNEXPECTED;
        };
    }

    private static Failure ofState(@Nullable String state) {
        if (state == null || state.length() != 5) {
            return UNEXPECTED;
        }
        if (RACES.contains(state)) {
            return RACE;
        }
        if (UNREACHABLE.contains(state)) {
            return CONNECTION_LOST;
        }
        if (REFUSED.contains(state)) {
            return UNAVAILABLE;
        }
        return switch (state.substring(0, 2)) {
            case "08" -> CONNECTION_LOST;
            case "28", "3D", "53", "58" -> UNAVAILABLE;
            case "XX" -> state.equals("XX000") ? UNEXPECTED : DAMAGED;
            default -> ofConstraint(state);
        };
    }

    private static Failure ofConstraint(String state) {
        return switch (state) {
            case "23503" -> REFERENCE;
            case "23505" -> DUPLICATE;
            default -> UNEXPECTED;
        };
    }

    /**
     * True if nothing was changed and the same work may do well when it is run again at once. Where several write at the
     * same time, a broken reference may be such a race: run again, the work finds what the other one did, and says so.
     */
    boolean isWorthAnotherTry(Dialect dialect) {
        return this == RACE || this == BUSY || (this == REFERENCE && dialect.hasConcurrentWriters());
    }

    /** The exception for callers; with it nothing was changed. */
    RuntimeException toException(String database, Throwable cause) {
        String why = reason(cause);
        return switch (this) {
            case RACE ->
                new ConflictException(
                        "%s: others changed the same things, also when it was tried again (%s); read again and retry"
                                .formatted(database, why),
                        cause);
            case REFERENCE ->
                new ConflictException(
                        "%s: something refers to what was to be deleted, or what was referred to is gone (%s)"
                                .formatted(database, why),
                        cause);
            case BUSY ->
                new UnavailableException(
                        "%s is locked by another process for too long (%s); retry later".formatted(database, why),
                        cause);
            case DUPLICATE ->
                new AlreadyExistsException(
                        "%s has a row with this id or name already (%s)".formatted(database, why), cause);
            case UNAVAILABLE, CONNECTION_LOST ->
                new UnavailableException(
                        "%s cannot do this now (%s); nothing was changed".formatted(database, why), cause);
            case DAMAGED ->
                new IntegrityException(
                        "%s is damaged or no database (%s); restore it from a backup".formatted(database, why), cause);
            case INTERRUPTED ->
                new CancelledException(
                        "Interrupted while waiting for %s; nothing was changed".formatted(database), cause);
            case UNEXPECTED -> new IllegalStateException("%s refused: %s".formatted(database, why), cause);
        };
    }

    private static String reason(Throwable thrown) {
        Throwable last = thrown;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage()).lines().findFirst().orElse("no message");
    }
}
