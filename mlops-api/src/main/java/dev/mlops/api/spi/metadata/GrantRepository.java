package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.util.Optional;
import java.util.Set;

/** Grants. */
public interface GrantRepository {
    /** Inserts a grant; false if the subject has it already. */
    boolean insert(Grant grant);

    /** Finds a grant. */
    Optional<Grant> find(String projectId, Asset asset, Subject subject, Privilege privilege);

    /** Deletes a grant; false if there is none. */
    boolean delete(String projectId, Asset asset, Subject subject, Privilege privilege);

    /** Deletes all grants on an asset. */
    void deleteAll(Asset asset);

    /** All grants of a project, oldest first. */
    Page<Grant> list(String projectId, PageRequest page);

    /**
     * The privileges of a user or anonymous principal on an asset: granted on it or on its project to the user or one of
     * the groups, and {@code read} where the project's visibility gives it. Nothing implied is added. For a system
     * principal: {@code admin}.
     */
    Set<Privilege> privileges(Principal principal, String projectId, Asset asset);

    /** How many {@code admin} grants on the project itself there are; locks the project until the end. */
    long countAdmins(String projectId);
}
