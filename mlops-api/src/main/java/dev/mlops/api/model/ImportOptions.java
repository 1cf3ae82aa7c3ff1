package dev.mlops.api.model;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to import a model version. Immutable. */
public final class ImportOptions {
    private final @Nullable String version;
    private final String title;
    private final String comment;
    private final @Nullable String runId;
    private final List<DatasetVersion> datasets;
    private final ProgressListener progress;
    private final Cancellation cancellation;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ImportOptions(Builder builder) {
        version = builder.version;
        title = builder.title;
        comment = builder.comment;
        runId = builder.runId;
        datasets = List.copyOf(builder.datasets);
        progress = builder.progress;
        cancellation = builder.cancellation;
        idempotencyKey = builder.idempotencyKey;
    }

    /** The next number, no title, no comment. */
    public static ImportOptions defaults() {
        return builder().build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The number that a dotted version should have; when empty, the next one. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** The title, may be empty. */
    public String title() {
        return title;
    }

    /** The comment, may be empty. */
    public String comment() {
        return comment;
    }

    /** The run that made the files, if the source does not tell it. */
    public Optional<String> runId() {
        return Optional.ofNullable(runId);
    }

    /** Data set versions that it was made from, besides those of the run. */
    public List<DatasetVersion> datasets() {
        return datasets;
    }

    /** Who is told of the progress. */
    public ProgressListener progress() {
        return progress;
    }

    /** What ends the call. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds {@link ImportOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable String version;
        private String title = "";
        private String comment = "";
        private @Nullable String runId;
        private final List<DatasetVersion> datasets = new ArrayList<>();
        private ProgressListener progress = ProgressListener.NONE;
        private Cancellation cancellation = new Cancellation();
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** The number of a dotted version, such as {@code 1.0.0}; the next one by default. */
        public Builder version(String version) {
            this.version = version;
            return this;
        }

        /** A title of at most 30 characters; empty by default. */
        public Builder title(String title) {
            this.title = ResourceName.checkText("title", title, 30);
            return this;
        }

        /** A comment of at most 512 characters; empty by default. */
        public Builder comment(String comment) {
            this.comment = ResourceName.checkText("comment", comment, 512);
            return this;
        }

        /** The run that made the files; by default the one that the source names, if it names one. */
        public Builder run(String runId) {
            this.runId = runId;
            return this;
        }

        /** Adds a data set version that it was made from; those of the run are known already. */
        public Builder madeFrom(DatasetVersion version) {
            datasets.add(version);
            return this;
        }

        /** Who is told of the progress; nobody by default. */
        public Builder progress(ProgressListener progress) {
            this.progress = progress;
            return this;
        }

        /** What ends the call; nothing by default. */
        public Builder cancellation(Cancellation cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /** Makes the import repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the options. */
        public ImportOptions build() {
            return new ImportOptions(this);
        }
    }
}
