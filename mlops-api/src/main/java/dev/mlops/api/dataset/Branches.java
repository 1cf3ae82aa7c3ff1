package dev.mlops.api.dataset;

import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.page.Listing;
import java.util.List;
import java.util.Optional;

/**
 * Branches, tags and contributions of one data set. Reading takes {@code read} on the data set, changing takes {@code
 * edit}; moving {@link Branch#MAIN}, by {@link #move} or a merge, takes {@code publish} as well where the caller did not
 * make the data set. Publishing to it takes {@code edit} only: that adds a version on top of what is there, made of files
 * that the caller has, while a move puts what somebody prepared elsewhere, or an older version, in its place, which is
 * what a contribution waits for somebody to decide. Thread-safe.
 */
public interface Branches {
    /**
     * Makes a branch whose head is {@code from}.
     *
     * @throws AlreadyExistsException if the name is taken
     * @throws InvalidInputException if {@code from} is of another data set
     */
    Branch create(String branch, DatasetVersion from);

    /** A branch by name. */
    Optional<Branch> find(String branch);

    /** All branches by name. */
    Listing<Branch> list();

    /**
     * Moves a branch to a version if it still stands at {@code expected}. Takes what a merge into it takes.
     *
     * @throws ConflictException if it does not; it says where it stands
     * @throws NotFoundException if there is no such branch
     */
    Branch move(String branch, DatasetVersion to, DatasetVersion expected);

    /**
     * Deletes a branch; its versions stay.
     *
     * @throws ResourceInUseException if an open contribution names it, or it is {@link Branch#MAIN}
     */
    void delete(String branch);

    /**
     * Gives a version a second name.
     *
     * @throws AlreadyExistsException if a tag or a version has that name
     */
    VersionTag tag(String tag, DatasetVersion version);

    /** All tags by name. */
    Listing<VersionTag> tags();

    /** Takes a tag away; {@link NotFoundException} if there is none. */
    void untag(String tag);

    /**
     * The newest version from which both come; empty if they have none in common.
     */
    Optional<DatasetVersion> commonAncestor(DatasetVersion one, DatasetVersion other);

    /** What would conflict if {@code branch} were merged into {@code into}, by path; changes nothing. */
    List<MergeConflict> conflicts(String branch, String into);

    /**
     * Merges a branch into another: the changes from their common ancestor to the head of {@code branch} are applied to
     * the head of {@code into}, and the result becomes its new version, with both as parents. When {@code into} has not
     * moved since the ancestor, its head simply becomes the head of {@code branch}; when there is nothing to merge, the
     * head is given back as it is.
     *
     * @return the head of {@code into} afterwards
     * @throws MergeConflictException if both sides changed a path and the options do not say which to take
     * @throws ConflictException if {@code into} moves all the time
     */
    DatasetVersion merge(String branch, String into, MergeOptions options);

    /**
     * Proposes a branch to be merged into another. Takes {@code read} on the data set only.
     *
     * @param title one line
     * @param description more, may be empty
     */
    Contribution propose(String branch, String into, String title, String description);

    /** A contribution by its number. */
    Contribution contribution(long number);

    /** The contributions, newest first. */
    Listing<Contribution> contributions();

    /**
     * Merges a contribution. Takes {@code publish} on the data set.
     *
     * @throws ConflictException if it is not open any more
     * @throws MergeConflictException as {@link #merge} does; it stays open
     * @throws AccessDeniedException without the right
     */
    Contribution accept(long number, MergeOptions options);

    /** Refuses a contribution; takes {@code publish}. {@link ConflictException} if it is not open any more. */
    Contribution refuse(long number, String reason);

    /** Takes a contribution back; only who proposed it may. {@link ConflictException} if it is not open any more. */
    Contribution withdraw(long number, String reason);
}
