package dev.mlops.api.model;

/** Where an alias must stand for a move to happen: a compare-and-set. */
public sealed interface AliasExpectation {
    /** Wherever it stands. */
    AliasExpectation ANY = new Anything();

    /** Nowhere: the alias must be new. */
    AliasExpectation ABSENT = new Absent();

    /** At this version. */
    static AliasExpectation at(ModelVersion version) {
        return new At(version.id(), version.version());
    }

    /** Wherever it stands. */
    record Anything() implements AliasExpectation {}

    /** Nowhere. */
    record Absent() implements AliasExpectation {}

    /**
     * At a version.
     *
     * @param versionId the id of the version
     * @param version its number, for messages
     */
    record At(String versionId, String version) implements AliasExpectation {}
}
