package dev.mlops.jdbc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A pointer that moves by compare-and-set: a row with the owner and what it stands at, no row while it stands nowhere. */
enum Pointer {
    /** The current version of a data set. */
    DATASET_CURRENT(
            "SELECT version_id FROM dataset_current WHERE dataset_id = :owner",
            "INSERT INTO dataset_current (dataset_id, version_id) VALUES (:owner, :to)",
            "UPDATE dataset_current SET version_id = :to WHERE dataset_id = :owner",
            "DELETE FROM dataset_current WHERE dataset_id = :owner"),
    /** The release of an application that is in force. */
    APPLICATION_CURRENT(
            "SELECT release_id FROM application_current WHERE application_id = :owner",
            "INSERT INTO application_current (application_id, release_id) VALUES (:owner, :to)",
            "UPDATE application_current SET release_id = :to WHERE application_id = :owner",
            "DELETE FROM application_current WHERE application_id = :owner");

    private final String select;
    private final String insert;
    private final String update;
    private final String delete;

    Pointer(String select, String insert, String update, String delete) {
        this.select = select;
        this.insert = insert;
        this.update = update;
        this.delete = delete;
    }

    /** True if the pointer stands at {@code expected} (null: nowhere). */
    boolean isAt(Session session, String owner, @Nullable String expected) {
        return Objects.equals(now(session, owner), expected);
    }

    /** Moves the pointer if it stands at {@code expected} (null: nowhere). The caller holds a lock on the owner. */
    boolean move(Session session, String owner, @Nullable String expected, @Nullable String to) {
        String now = now(session, owner);
        if (!Objects.equals(now, expected)) {
            return false;
        }
        if (to != null) {
            session.update(now == null ? insert : update)
                    .bind("owner", owner)
                    .bind("to", to)
                    .execute();
        } else if (now != null) {
            session.update(delete).bind("owner", owner).execute();
        }
        return true;
    }

    private @Nullable String now(Session session, String owner) {
        return session.query(select)
                .bind("owner", owner)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }
}
