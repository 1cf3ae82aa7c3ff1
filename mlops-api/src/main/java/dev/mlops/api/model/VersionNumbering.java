package dev.mlops.api.model;

/** How versions of a model are numbered. Numbers are never used again, also after a version was deleted. */
public enum VersionNumbering {
    /** 1, 2, 3 … */
    COUNTED,
    /** {@code D.D.D} with each part 0 to 99, as the importer says; by default 0.0.1, then the last part counted on. */
    DOTTED
}
