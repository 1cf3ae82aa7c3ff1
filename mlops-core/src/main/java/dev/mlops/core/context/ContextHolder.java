package dev.mlops.core.context;

/** A project of this SDK: one that knows its context. */
public interface ContextHolder {
    /** The context. */
    ProjectContext context();
}
