package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to publish a version. Immutable. */
public final class PublishOptions {
    private final @Nullable String versionName;
    private final String message;
    private final Map<String, String> metadata;
    private final String branch;
    private final @Nullable DatasetVersion base;
    private final @Nullable String author;
    private final Split split;
    private final List<String> include;
    private final List<String> exclude;
    private final LinkPolicy links;
    private final @Nullable Boolean keepModificationTimes;
    private final ProgressListener progress;
    private final Cancellation cancellation;
    private final @Nullable IdempotencyKey idempotencyKey;

    private PublishOptions(Builder builder) {
        versionName = builder.versionName;
        message = builder.message;
        metadata = Map.copyOf(builder.metadata);
        branch = builder.branch;
        base = builder.base;
        author = builder.author;
        split = builder.split;
        include = List.copyOf(builder.include);
        exclude = List.copyOf(builder.exclude);
        links = builder.links;
        keepModificationTimes = builder.keepModificationTimes;
        progress = builder.progress;
        cancellation = builder.cancellation;
        idempotencyKey = builder.idempotencyKey;
    }

    /** An automatic name, no message, no splits. */
    public static PublishOptions defaults() {
        return builder().build();
    }

    /** A version with this message, else as by {@link #defaults()}. */
    public static PublishOptions message(String message) {
        return builder().message(message).build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The name of the version; when empty it becomes {@code V001}, {@code V002} and so on. */
    public Optional<String> versionName() {
        return Optional.ofNullable(versionName);
    }

    /** What its maker says, may be empty. */
    public String message() {
        return message;
    }

    /** Key-value pairs of the user. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The branch whose head the version becomes. */
    public String branch() {
        return branch;
    }

    /** The version that the files are a change of; when empty it is the head of the branch when the publish begins. */
    public Optional<DatasetVersion> base() {
        return Optional.ofNullable(base);
    }

    /** Who made the data; when empty it is the one who publishes. */
    public Optional<String> author() {
        return Optional.ofNullable(author);
    }

    /** How the files are split. */
    public Split split() {
        return split;
    }

    /** The globs of which a path must match one to be published; all are if there is none. */
    public List<String> include() {
        return include;
    }

    /** The globs of paths that are left out. */
    public List<String> exclude() {
        return exclude;
    }

    /** What becomes of symbolic links. */
    public LinkPolicy links() {
        return links;
    }

    /** Whether modification times are recorded, if that was said. */
    public Optional<Boolean> keepModificationTimes() {
        return Optional.ofNullable(keepModificationTimes);
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

    /** Builds {@link PublishOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable String versionName;
        private String message = "";
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private String branch = Branch.MAIN;
        private @Nullable DatasetVersion base;
        private @Nullable String author;
        private Split split = Split.NONE;
        private final List<String> include = new ArrayList<>();
        private final List<String> exclude = new ArrayList<>();
        private LinkPolicy links = LinkPolicy.REFUSE;
        private @Nullable Boolean keepModificationTimes;
        private ProgressListener progress = ProgressListener.NONE;
        private Cancellation cancellation = new Cancellation();
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** A name of 1 to 64 characters of {@code [A-Za-z0-9_-]}; {@code V001} and so on by default. */
        public Builder versionName(String name) {
            this.versionName = ResourceName.check("version name", name);
            return this;
        }

        /** A message of at most 4,096 characters; empty by default. */
        public Builder message(String message) {
            this.message = ResourceName.checkText("message", message, 4096);
            return this;
        }

        /** Adds a key-value pair; the value has at most 8,000 characters. */
        public Builder metadata(String key, String value) {
            metadata.put(
                    ResourceName.checkKey("metadata key", key), ResourceName.checkText("metadata " + key, value, 8000));
            return this;
        }

        /**
         * The branch whose head the version becomes; {@link Branch#MAIN} by default. Another one must exist ({@link
         * Branches#create}).
         */
        public Builder branch(String name) {
            this.branch = ResourceName.check("branch name", name);
            return this;
        }

        /**
         * The version that the files are a change of; by default the head of the branch when the publish begins. When the
         * head is another one at the end, what changed since is merged.
         */
        public Builder base(DatasetVersion version) {
            this.base = version;
            return this;
        }

        /** Who made the data, 1 to 250 characters; by default the one who publishes. */
        public Builder author(String author) {
            if (author.isBlank()) {
                throw new InvalidInputException("author", author, "must not be blank");
            }
            this.author = ResourceName.checkText("author", author, 250);
            return this;
        }

        /** How the files are split; not by default. */
        public Builder split(Split split) {
            this.split = split;
            return this;
        }

        /**
         * Adds a glob, as in {@link FileQuery#glob()}: only files whose path matches one are published; all by default.
         */
        public Builder include(String glob) {
            include.add(glob);
            return this;
        }

        /**
         * Adds a glob, as in {@link FileQuery#glob()}: files whose path matches are left out, and folders with all that
         * is in them, which is then not even looked at. None by default.
         */
        public Builder exclude(String glob) {
            exclude.add(glob);
            return this;
        }

        /** What becomes of symbolic links in a directory or an archive; they are refused by default. */
        public Builder links(LinkPolicy links) {
            this.links = links;
            return this;
        }

        /** Records when files were modified; by default for directories and archives only. */
        public Builder keepModificationTimes() {
            this.keepModificationTimes = true;
            return this;
        }

        /** Does not record when files were modified, so that equal bytes give equal manifests. */
        public Builder ignoreModificationTimes() {
            this.keepModificationTimes = false;
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

        /** Makes the publish repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the options. */
        public PublishOptions build() {
            return new PublishOptions(this);
        }
    }
}
