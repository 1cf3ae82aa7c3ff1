package dev.mlops.api.dataset;

import dev.mlops.api.name.ResourceName;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to copy a version between stores or projects. Immutable. */
public final class CopyOptions {
    /** Into the data set of the same name; nobody watches. */
    public static final CopyOptions DEFAULTS = new CopyOptions(null, ProgressListener.NONE, new Cancellation());

    private final @Nullable String dataset;
    private final ProgressListener progress;
    private final Cancellation cancellation;

    private CopyOptions(@Nullable String dataset, ProgressListener progress, Cancellation cancellation) {
        this.dataset = dataset;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /** Into a data set of another name. */
    public CopyOptions into(String name) {
        return new CopyOptions(ResourceName.check("data set name", name), progress, cancellation);
    }

    /** With somebody who is told of the progress. */
    public CopyOptions progress(ProgressListener listener) {
        return new CopyOptions(dataset, listener, cancellation);
    }

    /** With something that ends the call. */
    public CopyOptions cancellation(Cancellation end) {
        return new CopyOptions(dataset, progress, end);
    }

    /** The data set to copy into, if it is not the one of the same name. */
    public Optional<String> dataset() {
        return Optional.ofNullable(dataset);
    }

    /** Who is told of the progress. */
    public ProgressListener progress() {
        return progress;
    }

    /** What ends the call. */
    public Cancellation cancellation() {
        return cancellation;
    }
}
