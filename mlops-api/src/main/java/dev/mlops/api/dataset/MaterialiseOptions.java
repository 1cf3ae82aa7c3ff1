package dev.mlops.api.dataset;

import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;

/** How to write a version into a directory. Immutable. */
public final class MaterialiseOptions {
    private final FileQuery query;
    private final Extraneous extraneous;
    private final Times times;
    private final Links links;
    private final Sharing sharing;
    private final ProgressListener progress;
    private final Cancellation cancellation;

    /** What to do with files in the directory that are not among those to be written. */
    public enum Extraneous {
        /** They stay. */
        KEEP,
        /**
         * They are deleted before anything is written, whatever they are and whether or not the version has them; links
         * are deleted and not followed.
         */
        DELETE
    }

    /** What modification time files get. */
    public enum Times {
        /** The recorded one, where there is one; files that are right already get it too. */
        RECORDED,
        /** That of their writing. */
        NOW
    }

    /** What to do with the symbolic links that the version has. */
    public enum Links {
        /** They are refused. */
        REFUSE,
        /**
         * They are made, if they are relative and lead to a place in the directory, whether or not there is something;
         * others are refused. {@code ..} may stand at the beginning of a link only.
         */
        INSIDE
    }

    /** Whether files share their space with other directories. */
    public enum Sharing {
        /** Each file is written. */
        COPIES,
        /**
         * Files are hard links to the store's cache of files on this machine, where there is one and it lies on the same
         * file system. They are read-only, because a change would be one in every directory; their modification times
         * are those of the cache. Where links cannot be made, files are written.
         */
        HARD_LINKS
    }

    private MaterialiseOptions(Builder builder) {
        query = builder.query;
        extraneous = builder.extraneous;
        times = builder.times;
        links = builder.links;
        sharing = builder.sharing;
        progress = builder.progress;
        cancellation = builder.cancellation;
    }

    /** All files, with recorded times; other files are kept, links refused. */
    public static MaterialiseOptions defaults() {
        return builder().build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Which files to write. */
    public FileQuery query() {
        return query;
    }

    /** What to do with other files. */
    public Extraneous extraneous() {
        return extraneous;
    }

    /** What modification time files get. */
    public Times times() {
        return times;
    }

    /** What to do with links. */
    public Links links() {
        return links;
    }

    /** Whether files share their space with other directories. */
    public Sharing sharing() {
        return sharing;
    }

    /** Who is told of the progress. */
    public ProgressListener progress() {
        return progress;
    }

    /** What ends the call. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** Builds {@link MaterialiseOptions}. Not thread-safe. */
    public static final class Builder {
        private FileQuery query = FileQuery.ALL;
        private Extraneous extraneous = Extraneous.KEEP;
        private Times times = Times.RECORDED;
        private Links links = Links.REFUSE;
        private Sharing sharing = Sharing.COPIES;
        private ProgressListener progress = ProgressListener.NONE;
        private Cancellation cancellation = new Cancellation();

        private Builder() {}

        /** Which files to write; all by default. */
        public Builder query(FileQuery query) {
            this.query = query;
            return this;
        }

        /** What to do with other files in the directory; they stay by default. */
        public Builder extraneous(Extraneous extraneous) {
            this.extraneous = extraneous;
            return this;
        }

        /** What modification time files get; the recorded one by default. */
        public Builder times(Times times) {
            this.times = times;
            return this;
        }

        /** What to do with symbolic links; they are refused by default. */
        public Builder links(Links links) {
            this.links = links;
            return this;
        }

        /** Whether files share their space with other directories; not by default. */
        public Builder sharing(Sharing sharing) {
            this.sharing = sharing;
            return this;
        }

        /** Who is told of the progress; nobody by default. */
        public Builder progress(ProgressListener progress) {
            this.progress = progress;
            return this;
        }

        /** What ends the call; nothing by default. Files that were written stay, and the next call goes on from there. */
        public Builder cancellation(Cancellation cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /** Makes the options. */
        public MaterialiseOptions build() {
            return new MaterialiseOptions(this);
        }
    }
}
