package dev.mlops.api.release;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Listing;
import java.util.List;
import java.util.Optional;

/**
 * The applications of one project and their releases. Reading needs {@code read}, making {@code edit}, releasing and
 * rolling back {@code deploy} (and {@code publish} on each model whose alias is moved), deleting {@code delete}.
 * Thread-safe.
 */
public interface Applications {
    /**
     * Makes an application.
     *
     * @throws AlreadyExistsException if the name is taken
     */
    Application create(ApplicationSpec spec);

    /** Makes an application with this name. */
    default Application create(String name) {
        return create(ApplicationSpec.of(name));
    }

    /** An application, if there is one that the caller may see. */
    Optional<Application> find(String name);

    /** The applications by name. */
    Listing<Application> list();

    /**
     * Makes a version tied to model and data set versions, which the caller must be able to read. Makes the application
     * if there is none.
     *
     * @param name the application
     * @throws InvalidInputException if two are versions of one model or data set, or there are none at all
     */
    ApplicationVersion createVersion(String name, ApplicationVersionSpec spec);

    /** Makes a version as {@link #createVersion(String, ApplicationVersionSpec)} does, without an idempotency key. */
    default ApplicationVersion createVersion(
            String name, List<ModelVersion> models, List<DatasetVersion> datasets, String comment) {
        ApplicationVersionSpec.Builder spec = ApplicationVersionSpec.builder().comment(comment);
        models.forEach(spec::model);
        datasets.forEach(spec::dataset);
        return createVersion(name, spec.build());
    }

    /**
     * A version by number.
     *
     * @throws NotFoundException if there is none that the caller may see
     */
    ApplicationVersion version(String name, long number);

    /** The versions, newest first. */
    Listing<ApplicationVersion> versions(String name);

    /**
     * Brings a version into force: model and data set versions (and the alias, if one is said) move together or not at
     * all.
     *
     * @throws ConflictException if another release is in force than the options expect
     */
    Release release(ApplicationVersion version, ReleaseOptions options);

    /** Brings a version into force without moving an alias. */
    default Release release(ApplicationVersion version) {
        return release(version, ReleaseOptions.defaults());
    }

    /**
     * Brings the version back that was in force before {@code current}, with its model and data set versions together.
     * An alias that {@code current} moved goes back with them, and is removed from models that the version brought back
     * does not have. Rolling back again goes one release further back.
     *
     * @throws ConflictException if {@code current} is not in force any more
     * @throws NotFoundException if nothing was in force before it
     */
    Release rollback(Release current);

    /** The release in force, if there is one. */
    Optional<Release> current(String name);

    /** All releases and rollbacks, newest first. */
    Listing<Release> releases(String name);

    /**
     * Deletes a version.
     *
     * @throws ResourceInUseException if a release refers to it
     */
    void deleteVersion(ApplicationVersion version);

    /** Removes an application with its versions and releases; what they were tied to stays. */
    void destroy(String name);
}
