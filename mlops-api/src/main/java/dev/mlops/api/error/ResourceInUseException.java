package dev.mlops.api.error;

import java.util.List;

/** A thing cannot be deleted because others refer to it; says which. */
public final class ResourceInUseException extends MlopsException {
    private static final long serialVersionUID = 1L;

    private final String[] users;

    /**
     * Creates the exception.
     *
     * @param target what was to be deleted, such as {@code model version digits:3}
     * @param users what refers to it, such as {@code alias champion}; not empty
     */
    public ResourceInUseException(String target, List<String> users) {
        super("%s is in use by %s; remove these first".formatted(target, String.join(", ", users)), null);
        this.users = users.toArray(String[]::new);
    }

    /** What refers to the thing, in words. */
    public List<String> users() {
        return List.of(users);
    }
}
