package dev.mlops.api.run;

/** Where a run is in its life. */
public enum RunStatus {
    /** Planned, not begun. */
    SCHEDULED,
    /** At work. */
    RUNNING,
    /** Ended well. */
    FINISHED,
    /** Ended with an error. */
    FAILED,
    /** Ended from outside, or closed without a word. */
    KILLED;

    /** True if nothing more can be logged. */
    public boolean isTerminal() {
        return this == FINISHED || this == FAILED || this == KILLED;
    }
}
