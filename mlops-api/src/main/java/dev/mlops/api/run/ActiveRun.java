package dev.mlops.api.run;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * A run that is being written. Thread-safe: several threads may log to one run.
 *
 * <p>Metric points are buffered as the {@link RunSpec} says (1,000 points or 1 second by default) and written in batches;
 * {@link #flush()}, the end of the run and {@link #close()} write what is left. When a background write fails, the
 * points stay buffered and the next call here throws what went wrong. Everything else is stored when its call returns.
 *
 * <p>Writing needs {@code edit} on the experiment ({@link AccessDeniedException}); writing to a run that has ended or was
 * deleted is refused with {@link ConflictException}.
 */
public interface ActiveRun extends AutoCloseable {
    /** The run's id. */
    String id();

    /** The run as it is now. */
    Run run();

    /**
     * Sets a parameter. Parameters never change: the same value again is fine, another is refused.
     *
     * @param key 1 to 250 characters of {@code [/\w.\- :]}
     * @param value its text form ({@code toString}) is kept, at most 6,000 characters
     * @throws InvalidInputException if the parameter has another value already, with both
     */
    default void param(String key, Object value) {
        params(Map.of(key, value));
    }

    /** Sets several parameters at once, all or none. */
    void params(Map<String, ?> params);

    /** Sets or replaces a tag; the value has at most 8,000 characters. */
    void tag(String key, String value);

    /** Removes a tag; does nothing if there is none. */
    void removeTag(String key);

    /** Logs a metric with step 0 and the time now. */
    default void metric(String key, double value) {
        metric(key, value, 0);
    }

    /** Logs a metric at a step, with the time now. NaN and the infinities are kept. */
    void metric(String key, double value, long step);

    /** Logs points with their own times; equal points are kept once. */
    void metrics(Collection<Metric> metrics);

    /** Writes what is buffered and returns when it is stored. */
    void flush();

    /**
     * Keeps a file or, if {@code source} is a directory, all files below it under {@code path}; all of them or, if it is
     * cancelled or fails, none.
     *
     * @param path where it goes inside the run, with {@code /}; an artifact with the same path is replaced
     * @throws CancelledException if it was cancelled
     */
    void artifact(String path, Path source, ProgressListener progress, Cancellation cancellation);

    /** Keeps a file or the files below a directory, as the method with progress and cancellation does. */
    default void artifact(String path, Path source) {
        artifact(path, source, ProgressListener.NONE, new Cancellation());
    }

    /** Keeps the bytes of a stream, which is read to its end and not closed. */
    void artifact(String path, InputStream bytes);

    /** Records that the run uses a data set version or one split of it, in the role that the split's name says. */
    default void uses(DatasetVersion version, String split) {
        uses(version, DatasetUse.Role.ofSplit(split), Optional.of(split));
    }

    /** Records that the run uses a data set version; the caller must be able to read it. Idempotent. */
    void uses(DatasetVersion version, DatasetUse.Role role, Optional<String> split);

    /** Ends the run well. Does nothing if it has ended so already. */
    Run finish();

    /** Ends the run with an error, whose text is kept. */
    Run fail(Throwable cause);

    /** Ends the run as killed. */
    Run kill();

    /**
     * Writes what is buffered, and ends the run as {@link RunStatus#KILLED} if nobody has ended it: closing alone does
     * not claim success. Idempotent.
     */
    @Override
    void close();
}
