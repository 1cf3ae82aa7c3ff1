package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applications, versions and releases. */
public interface ApplicationRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken in the project. */
    void insert(Application application);

    /** By name. */
    Optional<Application> find(String projectId, String name);

    /** By id. */
    Optional<Application> findById(String id);

    /** Those that the viewer may read, by name. */
    Page<Application> list(String projectId, Principal viewer, PageRequest page);

    /** The next number of a version, counted from 1 and never given twice; locks the application until the end. */
    long allocateVersion(String applicationId);

    /** Inserts a version with its pins; references are not kept but read by join. */
    void insertVersion(ApplicationVersion version);

    /** A version by number. */
    Optional<ApplicationVersion> findVersion(String applicationId, long number);

    /** A version by id. */
    Optional<ApplicationVersion> findVersionById(String id);

    /** The versions, newest first. */
    Page<ApplicationVersion> versions(String applicationId, PageRequest page);

    /** The next number of a release, counted from 1 and never given twice; locks the application until the end. */
    long allocateRelease(String applicationId);

    /** Inserts a release and makes it the current one if {@code expected} (or none) is; false if not. */
    boolean insertRelease(Release release, @Nullable String expected);

    /** A release by id. */
    Optional<Release> findRelease(String id);

    /** The releases, newest first. */
    Page<Release> releases(String applicationId, PageRequest page);

    /** What refers to a version, in words: releases; at most 20. */
    List<String> users(String versionId);

    /** Deletes a version to which no release refers. */
    void deleteVersion(String id);

    /** Deletes an application with its versions and releases. */
    void delete(String id);
}
