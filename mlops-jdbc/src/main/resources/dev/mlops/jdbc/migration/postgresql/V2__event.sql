-- Numbers are given in the order of inserts, which is not that of commits. Readers go by the transaction that wrote an
-- event and stop before the oldest one under way, so that an event committed late is still ahead of every cursor.
CREATE TABLE event (
    id             BIGINT GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    project_id     TEXT COLLATE "C" NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    occurred_at    BIGINT NOT NULL,
    principal      TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    asset_kind     TEXT COLLATE "C" NOT NULL,
    asset_id       TEXT COLLATE "C" NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    before_json    TEXT COLLATE "C",
    after_json     TEXT COLLATE "C",
    PRIMARY KEY (transaction_id, id)
);
CREATE INDEX event_by_project ON event (project_id, transaction_id, id);
