-- What the content store must remember beside its objects. Rows that there are many of refer to packs and owners by
-- numbers, which are short. Times are of the database's own clock.

CREATE TABLE content_index (
    number      ${identity},
    id          ${text} NOT NULL UNIQUE CHECK (length(id) = 64),
    blobs       BIGINT NOT NULL CHECK (blobs >= 0),
    bytes       BIGINT NOT NULL CHECK (bytes >= 0),
    replaced_at BIGINT
);

CREATE TABLE content_pack (
    sequence     ${sequence},
    id           ${text} NOT NULL UNIQUE CHECK (length(id) = 64),
    bytes        BIGINT NOT NULL CHECK (bytes >= 0),
    state        ${text} NOT NULL CHECK (state IN ('LIVE', 'CONDEMNED', 'DEAD')),
    index_number BIGINT REFERENCES content_index (number) ON DELETE SET NULL,
    condemned_at BIGINT,
    -- 0 if never.
    scrubbed_at  BIGINT NOT NULL DEFAULT 0,
    CHECK (state <> 'CONDEMNED' OR condemned_at IS NOT NULL)
);
CREATE INDEX content_pack_by_index ON content_pack (index_number);
CREATE INDEX content_pack_by_state ON content_pack (state, condemned_at);
CREATE INDEX content_pack_by_scrub ON content_pack (scrubbed_at, sequence);

CREATE TABLE content_session (
    id      ${text} NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
CREATE INDEX content_session_by_time ON content_session (seen_at);

CREATE TABLE content_session_pack (
    session_id ${text} NOT NULL REFERENCES content_session (id) ON DELETE CASCADE,
    pack       BIGINT NOT NULL REFERENCES content_pack (sequence) ON DELETE CASCADE,
    PRIMARY KEY (session_id, pack)
)${without_rowid};
CREATE INDEX content_session_pack_by_pack ON content_session_pack (pack);

-- No reference to the thing itself, which may be one of three: an owner that is gone is found by content_gone_owner.
CREATE TABLE content_owner (
    number ${identity},
    kind   ${text} NOT NULL CHECK (kind IN ('DATASET_VERSION', 'RUN', 'MODEL_VERSION')),
    id     ${text} NOT NULL,
    UNIQUE (kind, id)
);

-- The reference to the pack does not cascade: a pack that is in use cannot be forgotten.
CREATE TABLE content_use (
    owner BIGINT NOT NULL REFERENCES content_owner (number) ON DELETE CASCADE,
    pack  BIGINT NOT NULL REFERENCES content_pack (sequence),
    PRIMARY KEY (owner, pack)
)${without_rowid};
CREATE INDEX content_use_by_pack ON content_use (pack);

-- A damaged blob of a pack, or the whole pack where blob is empty; mended_by is the pack that has the blob as well.
CREATE TABLE content_damage (
    pack      BIGINT NOT NULL REFERENCES content_pack (sequence) ON DELETE CASCADE,
    blob      ${text} NOT NULL,
    mended_by BIGINT REFERENCES content_pack (sequence) ON DELETE SET NULL,
    PRIMARY KEY (pack, blob)
)${without_rowid};
CREATE INDEX content_damage_by_mender ON content_damage (mended_by);

-- Owners that were deleted and whose uses were not taken away yet. Runs in the bin can come back and are not gone.
CREATE VIEW content_gone_owner (number) AS
SELECT owner.number
  FROM content_owner AS owner
 WHERE owner.kind = 'DATASET_VERSION'
   AND NOT EXISTS (SELECT 1 FROM dataset_version WHERE dataset_version.id = owner.id)
UNION ALL
SELECT owner.number
  FROM content_owner AS owner
 WHERE owner.kind = 'RUN'
   AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = owner.id)
UNION ALL
SELECT owner.number
  FROM content_owner AS owner
 WHERE owner.kind = 'MODEL_VERSION'
   AND NOT EXISTS (SELECT 1 FROM model_version WHERE model_version.id = owner.id);
