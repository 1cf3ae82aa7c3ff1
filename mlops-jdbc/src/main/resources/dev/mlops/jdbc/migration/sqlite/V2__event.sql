-- SQLite has one writer at a time, so the order of inserts is the order of commits. AUTOINCREMENT: no number comes twice.
CREATE TABLE event (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id  TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    occurred_at BIGINT NOT NULL,
    principal   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    asset_kind  TEXT NOT NULL,
    asset_id    TEXT NOT NULL,
    subject     TEXT NOT NULL,
    before_json TEXT,
    after_json  TEXT
);
CREATE INDEX event_by_project ON event (project_id, id);
