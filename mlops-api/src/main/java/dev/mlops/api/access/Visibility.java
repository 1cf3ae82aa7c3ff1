package dev.mlops.api.access;

/** Who may read a project without a grant. */
public enum Visibility {
    /** Everybody, also {@linkplain Principal#anonymous() nobody in particular}. */
    PUBLIC,
    /** Every user. */
    INTERNAL,
    /** Only those with a grant. */
    PRIVATE
}
