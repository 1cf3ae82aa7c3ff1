package dev.mlops.jdbc;

/** What a transaction may do. */
enum Mode {
    READ,
    WRITE
}
