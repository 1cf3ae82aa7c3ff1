package dev.mlops.jdbc;

/** What opening a store does about the schema of its database. */
public enum SchemaMode {
    /** Makes the schema, or brings it to the newest version; refuses one that is newer than this SDK. */
    MIGRATE,
    /** Changes nothing, and refuses a database whose schema is missing, older or newer than this SDK needs. */
    REQUIRE
}
