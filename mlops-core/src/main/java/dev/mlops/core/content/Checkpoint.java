package dev.mlops.core.content;

/** Is passed between two pieces of work on one content. */
@FunctionalInterface
interface Checkpoint {
    /** For a put that nobody watches. */
    Checkpoint NONE = position -> {};

    /**
     * Ends the work by throwing.
     *
     * @param position how many bytes of the content the object store has taken
     */
    void pass(long position);
}
