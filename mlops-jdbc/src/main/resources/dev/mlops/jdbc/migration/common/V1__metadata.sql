-- Ids are text that the caller gives (26 characters, ordered by time). Columns that end in _at hold milliseconds since
-- 1970-01-01T00:00:00Z. Columns that end in _json hold a JSON document. docs/schema.md says what each column is.

CREATE TABLE project (
    id          ${text} NOT NULL PRIMARY KEY,
    name        ${text} NOT NULL UNIQUE,
    visibility  ${text} NOT NULL CHECK (visibility IN ('PUBLIC', 'INTERNAL', 'PRIVATE')),
    description ${text} NOT NULL,
    created_by  ${text} NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE access_grant (
    id           ${identity},
    project_id   ${text} NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    asset_kind   ${text} NOT NULL
                 CHECK (asset_kind IN ('PROJECT', 'EXPERIMENT', 'DATASET', 'MODEL', 'APPLICATION', 'DEVICE')),
    asset_id     ${text} NOT NULL,
    subject_kind ${text} NOT NULL CHECK (subject_kind IN ('USER', 'GROUP')),
    subject_name ${text} NOT NULL,
    privilege    ${text} NOT NULL CHECK (privilege IN ('READ', 'EDIT', 'DEPLOY', 'PUBLISH', 'DELETE', 'ADMIN')),
    granted_by   ${text} NOT NULL,
    granted_at   BIGINT NOT NULL,
    -- Asset first: every access check asks for the grants on one asset and on its project.
    UNIQUE (project_id, asset_id, subject_kind, subject_name, privilege, asset_kind)
);
CREATE INDEX access_grant_by_subject ON access_grant (subject_kind, subject_name, project_id);
CREATE INDEX access_grant_by_asset ON access_grant (asset_id);

CREATE TABLE idempotency (
    scope           ${text} NOT NULL,
    kind            ${text} NOT NULL,
    idempotency_key ${text} NOT NULL,
    fingerprint     ${text} NOT NULL,
    resource_id     ${text} NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (scope, kind, idempotency_key)
);
CREATE INDEX idempotency_by_resource ON idempotency (resource_id);

CREATE TABLE dataset (
    id                ${text} NOT NULL PRIMARY KEY,
    project_id        ${text} NOT NULL REFERENCES project (id),
    name              ${text} NOT NULL,
    description       ${text} NOT NULL,
    metadata_json     ${text} NOT NULL,
    last_ordinal      BIGINT NOT NULL DEFAULT 0 CHECK (last_ordinal >= 0),
    last_contribution BIGINT NOT NULL DEFAULT 0 CHECK (last_contribution >= 0),
    created_by        ${text} NOT NULL,
    created_at        BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE dataset_version (
    id            ${text} NOT NULL PRIMARY KEY,
    dataset_id    ${text} NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    name          ${text} NOT NULL,
    ordinal       BIGINT NOT NULL CHECK (ordinal > 0),
    parent_id     ${text} REFERENCES dataset_version (id) ON DELETE SET NULL,
    merged_id     ${text} REFERENCES dataset_version (id) ON DELETE SET NULL,
    author        ${text} NOT NULL,
    message       ${text} NOT NULL,
    metadata_json ${text} NOT NULL,
    manifest      ${text} NOT NULL CHECK (length(manifest) = 64),
    files         BIGINT NOT NULL CHECK (files >= 0),
    bytes         BIGINT NOT NULL CHECK (bytes >= 0),
    splits_json   ${text} NOT NULL,
    created_by    ${text} NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (dataset_id, name),
    UNIQUE (dataset_id, ordinal)
);
CREATE INDEX dataset_version_by_parent ON dataset_version (parent_id);
CREATE INDEX dataset_version_by_merged ON dataset_version (merged_id);

CREATE TABLE dataset_current (
    dataset_id ${text} NOT NULL PRIMARY KEY REFERENCES dataset (id) ON DELETE CASCADE,
    version_id ${text} NOT NULL UNIQUE REFERENCES dataset_version (id) ON DELETE CASCADE
);

CREATE TABLE dataset_branch (
    dataset_id ${text} NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    name       ${text} NOT NULL,
    head_id    ${text} NOT NULL REFERENCES dataset_version (id),
    moved_by   ${text} NOT NULL,
    moved_at   BIGINT NOT NULL,
    PRIMARY KEY (dataset_id, name)
);
CREATE INDEX dataset_branch_by_head ON dataset_branch (head_id);

CREATE TABLE dataset_tag (
    dataset_id ${text} NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    name       ${text} NOT NULL,
    version_id ${text} NOT NULL REFERENCES dataset_version (id),
    tagged_by  ${text} NOT NULL,
    tagged_at  BIGINT NOT NULL,
    PRIMARY KEY (dataset_id, name)
);
CREATE INDEX dataset_tag_by_version ON dataset_tag (version_id);

-- Branches by name, since a contribution outlives its branch.
CREATE TABLE dataset_contribution (
    id          ${text} NOT NULL PRIMARY KEY,
    dataset_id  ${text} NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    number      BIGINT NOT NULL CHECK (number > 0),
    title       ${text} NOT NULL,
    description ${text} NOT NULL,
    branch      ${text} NOT NULL,
    target      ${text} NOT NULL,
    state       ${text} NOT NULL CHECK (state IN ('OPEN', 'ACCEPTED', 'REFUSED', 'WITHDRAWN')),
    proposed_by ${text} NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by  ${text},
    decided_at  BIGINT,
    reason      ${text} NOT NULL,
    result_id   ${text} REFERENCES dataset_version (id) ON DELETE SET NULL,
    UNIQUE (dataset_id, number)
);
CREATE INDEX dataset_contribution_by_result ON dataset_contribution (result_id);

CREATE TABLE experiment (
    id              ${text} NOT NULL PRIMARY KEY,
    project_id      ${text} NOT NULL REFERENCES project (id),
    name            ${text} NOT NULL,
    description     ${text} NOT NULL,
    lifecycle       ${text} NOT NULL CHECK (lifecycle IN ('ACTIVE', 'DELETED')),
    last_run_number BIGINT NOT NULL DEFAULT 0 CHECK (last_run_number >= 0),
    created_by      ${text} NOT NULL,
    created_at      BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE run (
    id            ${text} NOT NULL PRIMARY KEY,
    project_id    ${text} NOT NULL REFERENCES project (id),
    experiment_id ${text} NOT NULL REFERENCES experiment (id),
    name          ${text} NOT NULL,
    status        ${text} NOT NULL CHECK (status IN ('SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED')),
    lifecycle     ${text} NOT NULL CHECK (lifecycle IN ('ACTIVE', 'DELETED')),
    started_by    ${text} NOT NULL,
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    failure       ${text}
);
CREATE INDEX run_by_project ON run (project_id, started_at, id);
CREATE INDEX run_by_experiment ON run (experiment_id, started_at, id);

CREATE TABLE run_param (
    run_id    ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    param_key ${text} NOT NULL,
    value     ${text} NOT NULL,
    PRIMARY KEY (run_id, param_key)
)${without_rowid};

CREATE TABLE run_tag (
    run_id  ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    tag_key ${text} NOT NULL,
    value   ${text} NOT NULL,
    PRIMARY KEY (run_id, tag_key)
)${without_rowid};

CREATE TABLE run_artifact (
    run_id     ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    path       ${text} NOT NULL,
    size       BIGINT NOT NULL CHECK (size >= 0),
    sha256     ${text} NOT NULL CHECK (length(sha256) = 64),
    media_type ${text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, path)
)${without_rowid};

CREATE TABLE run_dataset (
    id                 ${identity},
    run_id             ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    dataset_version_id ${text} NOT NULL REFERENCES dataset_version (id),
    role               ${text} NOT NULL CHECK (role IN ('TRAIN', 'VALIDATION', 'TEST')),
    -- Empty for the whole version: NULLs would not be equal in the UNIQUE constraint.
    split              ${text} NOT NULL,
    UNIQUE (run_id, dataset_version_id, role, split)
);
CREATE INDEX run_dataset_by_version ON run_dataset (dataset_version_id);

CREATE TABLE metric_series (
    id               ${identity},
    run_id           ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    metric_key       ${text} NOT NULL,
    latest_step      BIGINT NOT NULL,
    latest_at        BIGINT NOT NULL,
    latest_is_number SMALLINT NOT NULL CHECK (latest_is_number IN (0, 1)),
    latest_value     DOUBLE PRECISION NOT NULL,
    UNIQUE (run_id, metric_key)
);

-- NaN is value 0 with is_number 0: it equals itself and sorts below every number, on every database.
CREATE TABLE metric_point (
    series_id   BIGINT NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
    step        BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL CHECK (recorded_at >= 0),
    is_number   SMALLINT NOT NULL CHECK (is_number IN (0, 1)),
    value       DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (series_id, step, recorded_at, is_number, value)
)${without_rowid};

CREATE TABLE model (
    id             ${text} NOT NULL PRIMARY KEY,
    project_id     ${text} NOT NULL REFERENCES project (id),
    name           ${text} NOT NULL,
    description    ${text} NOT NULL,
    documents_json ${text} NOT NULL,
    numbering      ${text} NOT NULL CHECK (numbering IN ('COUNTED', 'DOTTED')),
    last_ordinal   BIGINT NOT NULL DEFAULT 0 CHECK (last_ordinal >= 0),
    created_by     ${text} NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX model_by_creation ON model (project_id, created_at, id);
CREATE INDEX model_by_update ON model (project_id, updated_at, id);

CREATE TABLE model_label (
    model_id ${text} NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    label    ${text} NOT NULL,
    PRIMARY KEY (model_id, label)
)${without_rowid};

-- Every number that was ever given: a row stays when its version is deleted.
CREATE TABLE model_number (
    model_id ${text} NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    version  ${text} NOT NULL,
    ordinal  BIGINT NOT NULL CHECK (ordinal > 0),
    PRIMARY KEY (model_id, version),
    UNIQUE (model_id, ordinal)
);

CREATE TABLE model_version (
    id             ${text} NOT NULL PRIMARY KEY,
    model_id       ${text} NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    version        ${text} NOT NULL,
    ordinal        BIGINT NOT NULL,
    title          ${text} NOT NULL,
    comment        ${text} NOT NULL,
    status         ${text} NOT NULL CHECK (status IN ('BUILDING', 'READY', 'FAILED')),
    status_reason  ${text} NOT NULL,
    signature_json ${text},
    source         ${text} NOT NULL,
    digest         ${text} NOT NULL CHECK (length(digest) = 64),
    run_id         ${text} REFERENCES run (id),
    created_by     ${text} NOT NULL,
    created_at     BIGINT NOT NULL,
    UNIQUE (model_id, version),
    UNIQUE (model_id, ordinal),
    FOREIGN KEY (model_id, version) REFERENCES model_number (model_id, version)
);
CREATE INDEX model_version_by_run ON model_version (run_id);

CREATE TABLE model_version_file (
    version_id ${text} NOT NULL REFERENCES model_version (id) ON DELETE CASCADE,
    path       ${text} NOT NULL,
    size       BIGINT NOT NULL CHECK (size >= 0),
    sha256     ${text} NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (version_id, path)
)${without_rowid};

CREATE TABLE model_version_dataset (
    version_id         ${text} NOT NULL REFERENCES model_version (id) ON DELETE CASCADE,
    dataset_version_id ${text} NOT NULL REFERENCES dataset_version (id),
    position           INTEGER NOT NULL,
    PRIMARY KEY (version_id, dataset_version_id)
);
CREATE INDEX model_version_dataset_by_dataset ON model_version_dataset (dataset_version_id);

CREATE TABLE model_alias (
    model_id   ${text} NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    alias      ${text} NOT NULL,
    version_id ${text} NOT NULL REFERENCES model_version (id),
    PRIMARY KEY (model_id, alias)
);
CREATE INDEX model_alias_by_version ON model_alias (version_id);

CREATE TABLE model_alias_change (
    id           ${identity},
    model_id     ${text} NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    alias        ${text} NOT NULL,
    from_version ${text},
    to_version   ${text},
    moved_by     ${text} NOT NULL,
    moved_at     BIGINT NOT NULL
);
CREATE INDEX model_alias_change_by_alias ON model_alias_change (model_id, alias, id);

CREATE TABLE application (
    id           ${text} NOT NULL PRIMARY KEY,
    project_id   ${text} NOT NULL REFERENCES project (id),
    name         ${text} NOT NULL,
    description  ${text} NOT NULL,
    last_version BIGINT NOT NULL DEFAULT 0 CHECK (last_version >= 0),
    last_release BIGINT NOT NULL DEFAULT 0 CHECK (last_release >= 0),
    created_by   ${text} NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE application_version (
    id             ${text} NOT NULL PRIMARY KEY,
    application_id ${text} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    number         BIGINT NOT NULL CHECK (number > 0),
    comment        ${text} NOT NULL,
    created_by     ${text} NOT NULL,
    created_at     BIGINT NOT NULL,
    UNIQUE (application_id, number)
);

CREATE TABLE application_model_pin (
    version_id       ${text} NOT NULL REFERENCES application_version (id) ON DELETE CASCADE,
    model_version_id ${text} NOT NULL REFERENCES model_version (id),
    position         INTEGER NOT NULL,
    PRIMARY KEY (version_id, model_version_id)
);
CREATE INDEX application_model_pin_by_model ON application_model_pin (model_version_id);

CREATE TABLE application_dataset_pin (
    version_id         ${text} NOT NULL REFERENCES application_version (id) ON DELETE CASCADE,
    dataset_version_id ${text} NOT NULL REFERENCES dataset_version (id),
    position           INTEGER NOT NULL,
    PRIMARY KEY (version_id, dataset_version_id)
);
CREATE INDEX application_dataset_pin_by_dataset ON application_dataset_pin (dataset_version_id);

CREATE TABLE application_release (
    id             ${text} NOT NULL PRIMARY KEY,
    application_id ${text} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
    number         BIGINT NOT NULL CHECK (number > 0),
    kind           ${text} NOT NULL CHECK (kind IN ('RELEASE', 'ROLLBACK')),
    version_id     ${text} NOT NULL REFERENCES application_version (id),
    alias          ${text},
    replaced_id    ${text} REFERENCES application_release (id),
    restores_id    ${text} REFERENCES application_release (id),
    released_by    ${text} NOT NULL,
    released_at    BIGINT NOT NULL,
    UNIQUE (application_id, number)
);
CREATE INDEX application_release_by_version ON application_release (version_id);
-- A foreign key to a release is checked when releases go; without these each check would read the whole table.
CREATE INDEX application_release_by_replaced ON application_release (replaced_id);
CREATE INDEX application_release_by_restores ON application_release (restores_id);

CREATE TABLE application_current (
    application_id ${text} NOT NULL PRIMARY KEY REFERENCES application (id) ON DELETE CASCADE,
    release_id     ${text} NOT NULL UNIQUE REFERENCES application_release (id) ON DELETE CASCADE
);

CREATE TABLE device (
    id              ${text} NOT NULL PRIMARY KEY,
    project_id      ${text} NOT NULL REFERENCES project (id),
    name            ${text} NOT NULL,
    engine          ${text} NOT NULL,
    address         ${text} NOT NULL,
    description     ${text} NOT NULL,
    labels_json     ${text} NOT NULL,
    state           ${text} NOT NULL
                    CHECK (state IN ('REGISTERED', 'ONLINE', 'OFFLINE', 'QUARANTINED', 'RETIRED')),
    last_seen_at    BIGINT,
    last_deployment BIGINT NOT NULL DEFAULT 0 CHECK (last_deployment >= 0),
    registered_by   ${text} NOT NULL,
    registered_at   BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE deployment (
    id                ${text} NOT NULL PRIMARY KEY,
    device_id         ${text} NOT NULL REFERENCES device (id),
    model_version_id  ${text} REFERENCES model_version (id),
    -- What model_version_id was, once that version is deleted.
    former_version_id ${text},
    former_reference  ${text},
    number            BIGINT NOT NULL CHECK (number > 0),
    state             ${text} NOT NULL
                      CHECK (state IN ('QUEUED', 'PREFLIGHT', 'TRANSFERRING', 'STAGED', 'PROBING', 'COMMITTED',
                                       'REJECTED', 'FAILED', 'CANCELED', 'SUPERSEDED', 'REMOVED')),
    desired           ${text} NOT NULL CHECK (desired IN ('RUNNING', 'STOPPED', 'ABSENT')),
    instance          ${text} NOT NULL,
    port              INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    message           ${text} NOT NULL,
    requested_by      ${text} NOT NULL,
    requested_at      BIGINT NOT NULL,
    changed_at        BIGINT NOT NULL,
    UNIQUE (device_id, number),
    CHECK (model_version_id IS NOT NULL OR (former_version_id IS NOT NULL AND former_reference IS NOT NULL))
);
CREATE INDEX deployment_by_model_version ON deployment (model_version_id);

CREATE TABLE deployment_step (
    id            ${identity},
    deployment_id ${text} NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    state         ${text} NOT NULL,
    message       ${text} NOT NULL,
    reached_at    BIGINT NOT NULL
);
CREATE INDEX deployment_step_by_deployment ON deployment_step (deployment_id, id);

CREATE TABLE port_lease (
    address       ${text} NOT NULL,
    port          INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    deployment_id ${text} NOT NULL UNIQUE REFERENCES deployment (id) ON DELETE CASCADE,
    PRIMARY KEY (address, port)
);

-- One row for each step from a thing to a thing that came of it.
CREATE VIEW lineage_edge (from_kind, from_id, to_kind, to_id, role) AS
SELECT 'DATASET_VERSION', version.parent_id, 'DATASET_VERSION', version.id, 'parent'
  FROM dataset_version AS version
 WHERE version.parent_id IS NOT NULL
UNION ALL
SELECT 'DATASET_VERSION', version.merged_id, 'DATASET_VERSION', version.id, 'merged'
  FROM dataset_version AS version
 WHERE version.merged_id IS NOT NULL
UNION ALL
SELECT 'DATASET_VERSION', used.dataset_version_id, 'RUN', used.run_id,
       lower(used.role) || CASE WHEN used.split = '' THEN '' ELSE ', split ' || used.split END
  FROM run_dataset AS used
UNION ALL
SELECT 'RUN', version.run_id, 'MODEL_VERSION', version.id, 'produced'
  FROM model_version AS version
 WHERE version.run_id IS NOT NULL
UNION ALL
SELECT 'DATASET_VERSION', source.dataset_version_id, 'MODEL_VERSION', source.version_id, 'made from'
  FROM model_version_dataset AS source
UNION ALL
SELECT 'MODEL_VERSION', pin.model_version_id, 'RELEASE', released.id, 'released'
  FROM application_model_pin AS pin
  JOIN application_release AS released ON released.version_id = pin.version_id
UNION ALL
SELECT 'DATASET_VERSION', pin.dataset_version_id, 'RELEASE', released.id, 'released'
  FROM application_dataset_pin AS pin
  JOIN application_release AS released ON released.version_id = pin.version_id
UNION ALL
SELECT 'MODEL_VERSION', deployment.model_version_id, 'DEPLOYMENT', deployment.id, 'deployed'
  FROM deployment
 WHERE deployment.model_version_id IS NOT NULL;

-- One row for each thing that lineage knows, with what its access check needs.
CREATE VIEW lineage_node (kind, id, project_id, visibility, asset_id, label) AS
SELECT 'DATASET_VERSION', version.id, project.id, project.visibility, dataset.id,
       project.name || '/' || dataset.name || ':' || version.name
  FROM dataset_version AS version
  JOIN dataset ON dataset.id = version.dataset_id
  JOIN project ON project.id = dataset.project_id
UNION ALL
SELECT 'RUN', run.id, project.id, project.visibility, run.experiment_id, 'run ' || run.name
  FROM run
  JOIN project ON project.id = run.project_id
UNION ALL
SELECT 'MODEL_VERSION', version.id, project.id, project.visibility, model.id,
       project.name || '/' || model.name || ':' || version.version
  FROM model_version AS version
  JOIN model ON model.id = version.model_id
  JOIN project ON project.id = model.project_id
UNION ALL
SELECT 'RELEASE', released.id, project.id, project.visibility, application.id,
       lower(released.kind) || ' ' || released.number || ' of ' || project.name || '/' || application.name || ':'
       || version.number
  FROM application_release AS released
  JOIN application_version AS version ON version.id = released.version_id
  JOIN application ON application.id = released.application_id
  JOIN project ON project.id = application.project_id
UNION ALL
SELECT 'DEPLOYMENT', deployment.id, project.id, project.visibility, device.id,
       'deployment ' || deployment.number || ' on ' || device.name
  FROM deployment
  JOIN device ON device.id = deployment.device_id
  JOIN project ON project.id = device.project_id;
