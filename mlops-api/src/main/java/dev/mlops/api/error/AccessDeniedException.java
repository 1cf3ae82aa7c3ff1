package dev.mlops.api.error;

/** The caller can see the thing but lacks the privilege that the call needs. */
public final class AccessDeniedException extends MlopsException {
    private static final long serialVersionUID = 1L;

    private final String principal;
    private final String missing;
    private final String target;

    /**
     * Creates the exception.
     *
     * @param principal the name of the caller
     * @param missing the privilege that is missing, in lower case, such as {@code edit}
     * @param target the thing, such as {@code model 'digits' in project 'vision'}
     */
    public AccessDeniedException(String principal, String missing, String target) {
        super(
                "%s lacks the privilege '%s' on %s; ask someone with 'admin' there to grant it"
                        .formatted(principal, missing, target),
                null);
        this.principal = principal;
        this.missing = missing;
        this.target = target;
    }

    /** The name of the caller. */
    public String principal() {
        return principal;
    }

    /** The privilege that is missing, in lower case. */
    public String missing() {
        return missing;
    }

    /** What the privilege is missing on. */
    public String target() {
        return target;
    }
}
