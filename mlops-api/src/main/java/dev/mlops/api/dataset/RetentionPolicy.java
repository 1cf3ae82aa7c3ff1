package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of a data set {@link DatasetStore#prune} keeps: those that any of its rules keeps, and always the
 * current version, the heads of branches, and the versions at which branches went off from it. Immutable.
 */
public final class RetentionPolicy {
    private final int last;
    private final @Nullable Duration age;
    private final boolean keepsTagged;
    private final boolean keepsUsed;
    private final boolean isDryRun;

    private RetentionPolicy(
            int last, @Nullable Duration age, boolean keepsTagged, boolean keepsUsed, boolean isDryRun) {
        this.last = last;
        this.age = age;
        this.keepsTagged = keepsTagged;
        this.keepsUsed = keepsUsed;
        this.isDryRun = isDryRun;
    }

    /**
     * Keeps the newest versions of the data set, whatever branch they are of.
     *
     * @param last how many, at least 0
     */
    public static RetentionPolicy keepLast(int last) {
        if (last < 0) {
            throw new InvalidInputException("versions to keep", last, "must not be negative");
        }
        return new RetentionPolicy(last, null, false, false, false);
    }

    /**
     * Keeps also what is younger than this.
     *
     * @param age must not be negative
     */
    public RetentionPolicy keepYoungerThan(Duration age) {
        if (age.isNegative()) {
            throw new InvalidInputException("age of versions to keep", age, "must not be negative");
        }
        return new RetentionPolicy(last, age, keepsTagged, keepsUsed, isDryRun);
    }

    /** Keeps also what has a tag; otherwise tags go with their versions. */
    public RetentionPolicy keepTagged() {
        return new RetentionPolicy(last, age, true, keepsUsed, isDryRun);
    }

    /** Keeps also what a run, model version or application version refers to; otherwise such a version ends the call. */
    public RetentionPolicy keepUsed() {
        return new RetentionPolicy(last, age, keepsTagged, true, isDryRun);
    }

    /** The same, but nothing is deleted. */
    public RetentionPolicy asDryRun() {
        return new RetentionPolicy(last, age, keepsTagged, keepsUsed, true);
    }

    /** How many of the newest versions are kept. */
    public int last() {
        return last;
    }

    /** Versions younger than this are kept; null if age does not matter. */
    public @Nullable Duration age() {
        return age;
    }

    /** True if tagged versions are kept. */
    public boolean keepsTagged() {
        return keepsTagged;
    }

    /** True if used versions are kept. */
    public boolean keepsUsed() {
        return keepsUsed;
    }

    /** True if nothing is deleted. */
    public boolean isDryRun() {
        return isDryRun;
    }

    @Override
    public String toString() {
        return "keep the last %d%s%s%s%s"
                .formatted(
                        last,
                        age == null ? "" : ", younger than " + age,
                        keepsTagged ? ", tagged" : "",
                        keepsUsed ? ", used" : "",
                        isDryRun ? " (dry run)" : "");
    }
}
