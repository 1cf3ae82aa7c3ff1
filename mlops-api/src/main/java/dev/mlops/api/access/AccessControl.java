package dev.mlops.api.access;

import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.page.Listing;
import java.util.Set;

/**
 * The grants of one project. Giving and taking needs {@link Privilege#ADMIN} on the asset or the project ({@link
 * AccessDeniedException}). Thread-safe.
 */
public interface AccessControl {
    /** Grants a privilege on the whole project; does nothing if the subject has this very grant. */
    Grant grant(Subject subject, Privilege privilege);

    /**
     * Grants a privilege on one asset; does nothing if the subject has this very grant.
     *
     * @throws NotFoundException if the asset is not in this project
     */
    Grant grant(Asset asset, Subject subject, Privilege privilege);

    /**
     * Takes a grant on the whole project back.
     *
     * @throws NotFoundException if there is no such grant
     * @throws InvalidInputException if it is the last {@code admin} grant on the project
     */
    void revoke(Subject subject, Privilege privilege);

    /**
     * Takes a grant on one asset back.
     *
     * @throws NotFoundException if there is no such grant
     */
    void revoke(Asset asset, Subject subject, Privilege privilege);

    /** All grants of the project, oldest first; needs {@link Privilege#ADMIN} on the project. */
    Listing<Grant> grants();

    /** What the caller may do with an asset, everything implied included; empty if the caller may not see it. */
    Set<Privilege> privileges(Asset asset);
}
