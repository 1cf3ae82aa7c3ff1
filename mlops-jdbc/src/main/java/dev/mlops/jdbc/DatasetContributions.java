package dev.mlops.jdbc;

import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Contributions to data sets. */
final class DatasetContributions {
    private static final RowMapper<Contribution> CONTRIBUTION = Row.mapper(DatasetContributions::contribution);

    private final Session session;

    DatasetContributions(Session session) {
        this.session = session;
    }

    Contribution insert(Contribution contribution) {
        long number = Counter.next(session, "data set", contribution.datasetId(), """
                UPDATE dataset SET last_contribution = last_contribution + 1 WHERE id = :id
                RETURNING last_contribution
                """);
        Contribution numbered = withNumber(contribution, number);
        session.update("""
                INSERT INTO dataset_contribution (id, dataset_id, number, title, description, branch, target, state,
                                                  proposed_by, proposed_at, decided_by, decided_at, reason, result_id)
                VALUES (:id, :datasetId, :number, :title, :description, :branch, :target, :state,
                        :proposedBy, :proposedAt, :decidedBy, :decidedAt, :reason, :resultId)
                """)
                .bind("id", numbered.id())
                .bind("datasetId", numbered.datasetId())
                .bind("number", number)
                .bind("title", numbered.title())
                .bind("description", numbered.description())
                .bind("branch", numbered.branch())
                .bind("target", numbered.target())
                .bind("state", numbered.state().name())
                .bind("proposedBy", numbered.proposedBy())
                .bind("proposedAt", numbered.proposedAt().toEpochMilli())
                .bind("decidedBy", numbered.decidedBy())
                .bind("decidedAt", Row.millis(numbered.decidedAt()))
                .bind("reason", numbered.reason())
                .bind("resultId", numbered.resultId())
                .execute();
        return numbered;
    }

    Optional<Contribution> find(String datasetId, long number) {
        return session.query("SELECT * FROM dataset_contribution WHERE dataset_id = :datasetId AND number = :number")
                .bind("datasetId", datasetId)
                .bind("number", number)
                .map(CONTRIBUTION)
                .findOne();
    }

    Page<Contribution> list(String datasetId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "contributions", datasetId);
        return cursor.page(
                session.query("""
                        SELECT * FROM dataset_contribution WHERE dataset_id = :datasetId AND number < :before
                         ORDER BY number DESC LIMIT :limit
                        """)
                        .bind("datasetId", datasetId)
                        .bind("before", cursor.number(0, Long.MAX_VALUE))
                        .bind("limit", cursor.fetch())
                        .map(CONTRIBUTION)
                        .list(),
                contribution -> List.of(contribution.number()));
    }

    boolean decide(Contribution contribution) {
        return session.update("""
                UPDATE dataset_contribution
                   SET state = :state, decided_by = :decidedBy, decided_at = :decidedAt, reason = :reason,
                       result_id = :resultId
                 WHERE dataset_id = :datasetId AND number = :number AND state = 'OPEN'
                """)
                        .bind("state", contribution.state().name())
                        .bind("decidedBy", contribution.decidedBy())
                        .bind("decidedAt", Row.millis(contribution.decidedAt()))
                        .bind("reason", contribution.reason())
                        .bind("resultId", contribution.resultId())
                        .bind("datasetId", contribution.datasetId())
                        .bind("number", contribution.number())
                        .execute()
                > 0;
    }

    private static Contribution withNumber(Contribution contribution, long number) {
        return new Contribution(
                contribution.id(),
                contribution.datasetId(),
                number,
                contribution.title(),
                contribution.description(),
                contribution.branch(),
                contribution.target(),
                contribution.state(),
                contribution.proposedBy(),
                contribution.proposedAt(),
                contribution.decidedBy(),
                contribution.decidedAt(),
                contribution.reason(),
                contribution.resultId());
    }

    private static Contribution contribution(Row row) throws SQLException {
        return new Contribution(
                row.text("id"),
                row.text("dataset_id"),
                row.number("number"),
                row.text("title"),
                row.text("description"),
                row.text("branch"),
                row.text("target"),
                row.constant("state", Contribution.State.class),
                row.text("proposed_by"),
                row.time("proposed_at"),
                row.optionalText("decided_by"),
                row.optionalTime("decided_at"),
                row.text("reason"),
                row.optionalText("result_id"));
    }
}
