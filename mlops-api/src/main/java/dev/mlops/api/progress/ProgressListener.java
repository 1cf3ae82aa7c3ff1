package dev.mlops.api.progress;

/**
 * Is told how far a long call is, at most about ten times a second and once at the end, from one thread at a time (not
 * always the caller's). An exception that it throws ends the call.
 */
@FunctionalInterface
public interface ProgressListener {
    /** A listener that does nothing. */
    ProgressListener NONE = progress -> {};

    /** Takes the state of the call. */
    void onProgress(Progress progress);
}
