package dev.mlops.api.dataset;

import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.page.Listing;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The data sets of one project. Reading needs {@code read}, making and publishing {@code edit}, deleting {@code delete},
 * on the data set or the project ({@link AccessDeniedException}; {@link NotFoundException} where the caller may not even
 * read). Thread-safe; several threads, processes and hosts may publish to one data set at once.
 */
public interface DatasetStore {
    /**
     * Makes an empty data set.
     *
     * @throws AlreadyExistsException if the name is taken
     */
    Dataset create(DatasetSpec spec);

    /** Makes an empty data set with this name. */
    default Dataset create(String name) {
        return create(DatasetSpec.of(name));
    }

    /** A data set, if there is one that the caller may see. */
    Optional<Dataset> find(String name);

    /** The data sets whose name or description contains a text (ignoring case; empty for all), by name. */
    Listing<Dataset> list(String text);

    /** All data sets, by name. */
    default Listing<Dataset> list() {
        return list("");
    }

    /** Replaces the description and the metadata. */
    Dataset update(String name, String description, Map<String, String> metadata);

    /**
     * Publishes all regular files and empty folders below a directory as a new version, which becomes the head of its
     * branch; the head before becomes its parent. The head of {@link Branch#MAIN} is the current version. When the head
     * moves between the beginning and the end, what was changed meanwhile is merged, and the version has both changes.
     * Makes the data set if there is none. Files that the store has already cost no space, and those that did not change
     * since this machine published the directory before are not read. An interrupted publish leaves no version; the next
     * one finds the files that were stored.
     *
     * @param name the data set
     * @param directory the directory
     * @param options how
     * @throws InvalidInputException if the directory does not exist, holds a symbolic link (unless the options say
     *     otherwise), or holds two paths that differ only in case or Unicode form
     * @throws AlreadyExistsException if the version name is taken
     * @throws ConflictException if a file vanishes or changes all the time, or the branch moves all the time
     * @throws MergeConflictException if the head was moved meanwhile and the same files were changed
     * @throws NotFoundException if the options name a branch that does not exist
     * @throws CancelledException if it was cancelled
     */
    DatasetVersion publish(String name, Path directory, PublishOptions options);

    /** Publishes files that come from anywhere; otherwise as {@link #publish(String, Path, PublishOptions)}. */
    DatasetVersion publish(String name, Iterator<FileSource> files, PublishOptions options);

    /**
     * Publishes the objects below a prefix of an object store, or the one object with that key; otherwise as {@link
     * #publish(String, Path, PublishOptions)}.
     *
     * @param prefix ends at a {@code /} whether it says so or not; empty for all objects
     */
    DatasetVersion publish(String name, ObjectStore objects, String prefix, PublishOptions options);

    /**
     * Publishes the files in a zip, tar, tar.gz or tar.zst, which is known by its bytes; otherwise as {@link
     * #publish(String, Path, PublishOptions)}. Archives are not trusted: absolute paths, {@code ..}, links out of the
     * archive, devices, hard links, encrypted entries, paths that collide, and archives that unpack to more than a
     * thousand times their size are refused. A zip has at most some 400,000 entries.
     *
     * @throws InvalidInputException if it is no such archive, or damaged, truncated or hostile
     */
    DatasetVersion publishArchive(String name, Path archive, PublishOptions options);

    /**
     * Publishes the files in an archive that comes from a stream, which is read to its end and not closed; otherwise as
     * {@link #publishArchive(String, Path, PublishOptions)}. A zip is put aside on disk first.
     */
    DatasetVersion publishArchive(String name, InputStream archive, PublishOptions options);

    /**
     * Says what {@link #publish(String, Path, PublishOptions)} would do now. Reads the files, changes nothing.
     *
     * @throws InvalidInputException as the publish would
     */
    PublishPreview preview(String name, Path directory, PublishOptions options);

    /**
     * Says what {@link #publish(String, Iterator, PublishOptions)} would do now. Reads the files, changes nothing. What was
     * consumed cannot be published afterwards: give the publish an iterator of its own.
     *
     * @throws InvalidInputException as the publish would
     */
    PublishPreview preview(String name, Iterator<FileSource> files, PublishOptions options);

    /**
     * Says what {@link #publish(String, ObjectStore, String, PublishOptions)} would do now. Reads the objects, changes
     * nothing.
     *
     * @throws InvalidInputException as the publish would
     */
    PublishPreview preview(String name, ObjectStore objects, String prefix, PublishOptions options);

    /**
     * Says what {@link #publishArchive(String, Path, PublishOptions)} would do now. Reads the archive, changes nothing.
     *
     * @throws InvalidInputException as the publish would
     */
    PublishPreview previewArchive(String name, Path archive, PublishOptions options);

    /**
     * The version that a reference names, in another project too if it says so.
     *
     * @throws NotFoundException if there is none that the caller may see, or no current version yet
     */
    DatasetVersion version(DatasetRef ref);

    /** The version that a text such as {@code digits:V001}, {@code digits@main} or {@code digits} (the current one) names. */
    default DatasetVersion version(String ref) {
        return version(DatasetRef.parse(ref));
    }

    /**
     * The branches, tags and contributions of a data set.
     *
     * @param name the data set; that it does not exist is only found out by the calls
     */
    Branches branches(String name);

    /** The versions of a data set, newest first. */
    Listing<DatasetVersion> versions(String name);

    /**
     * Makes another version the current one, and so the head of {@link Branch#MAIN}, if {@code expected} still is. Takes
     * {@code edit}, and {@code publish} as well where the caller did not make the data set, as a merge into the main branch
     * does: see {@link Branches}.
     *
     * @throws ConflictException if another one is current meanwhile
     */
    Dataset moveCurrent(DatasetVersion to, DatasetVersion expected);

    /** The files of a version that a query means, by path. */
    Listing<FileEntry> files(DatasetVersion version, FileQuery query);

    /** The files of a version, by path. */
    default Listing<FileEntry> files(DatasetVersion version) {
        return files(version, FileQuery.ALL);
    }

    /**
     * One file of a version.
     *
     * @throws NotFoundException if the version has none with this path
     */
    FileEntry file(DatasetVersion version, String path);

    /** Opens a file; the stream verifies the bytes while it is read. */
    InputStream open(DatasetVersion version, String path);

    /** Opens the bytes {@code offset} to {@code offset + length} of a file, verified; cut at the end of the file. */
    InputStream open(DatasetVersion version, String path, long offset, long length);

    /**
     * Opens a file to be read at any position; read only, thread-safe, verified part by part. Failures while reading are
     * {@link IOException} caused by an {@link IntegrityException} or {@link UnavailableException}.
     */
    SeekableByteChannel openChannel(DatasetVersion version, String path);

    /**
     * Where a file can be downloaded from the object store itself, without this SDK and without credentials; works as
     * long as {@code validity} says and the version is there.
     *
     * @param validity a second to seven days
     * @return the parts of the file, none if it has no bytes; empty where the object store cannot sign addresses
     * @throws NotFoundException if the version has no file with this path
     */
    Optional<List<DownloadPart>> directDownload(DatasetVersion version, String path, Duration validity);

    /**
     * Writes files of a version below a directory. Files that are there with the right bytes are left; others with these
     * paths are replaced, each as a whole. Nothing is written outside the directory, through a link that lies in it
     * neither. A call that was interrupted leaves whole files; the next one goes on from there.
     *
     * @throws IntegrityException if stored bytes are damaged; says of which file
     * @throws InvalidInputException if a folder is in the place of a file, a file or a link in the place of a folder, or
     *     the version has a symbolic link that the options do not allow
     * @throws CancelledException if it was cancelled
     */
    MaterialiseReport materialise(DatasetVersion version, Path target, MaterialiseOptions options);

    /** Writes files of a version below a directory; files that the version does not have are left alone. */
    default MaterialiseReport materialise(
            DatasetVersion version,
            FileQuery query,
            Path target,
            ProgressListener progress,
            Cancellation cancellation) {
        MaterialiseOptions options = MaterialiseOptions.builder()
                .query(query)
                .progress(progress)
                .cancellation(cancellation)
                .build();
        return materialise(version, target, options);
    }

    /** Writes all files of a version below a directory. */
    default MaterialiseReport materialise(DatasetVersion version, Path target) {
        return materialise(version, target, MaterialiseOptions.defaults());
    }

    /**
     * Goes through files of a version in a seeded shuffled order, for training. Close it.
     *
     * @throws InvalidInputException if the version has no such split, or the glob is none
     */
    Samples samples(DatasetVersion version, SampleOptions options);

    /** What differs between two versions, from the first to the second. */
    DatasetDiff diff(DatasetVersion from, DatasetVersion to);

    /** What is inside the files of a version: types, sizes of images, durations, tables. */
    DatasetSummary describe(DatasetVersion version);

    /** Reads every file of a version and its manifest; throws {@link IntegrityException} with the damaged files. */
    void verify(DatasetVersion version, ProgressListener progress, Cancellation cancellation);

    /**
     * Copies a version of another store, or of another project, into the data set of the same name unless told otherwise,
     * which is made if it is missing. Only bytes that this store does not have are moved; of large files only the parts
     * that it does not have. The copy has the name, message, metadata, splits, author and times of the version, and the
     * same files; its parents are those of the version that were copied before it. It becomes the current version if it
     * is the first one there or the current one is its parent. Copying again changes nothing.
     *
     * @param version a version of {@code source}, which takes {@code read} there
     * @return the copy
     * @throws AlreadyExistsException if there is another version with its name
     * @throws InvalidInputException if {@code source} was not opened by this SDK
     * @throws IntegrityException if the version is damaged
     */
    DatasetVersion pull(DatasetStore source, DatasetVersion version, CopyOptions options);

    /** Copies a version of this store to another one, as that one's {@link #pull} does. */
    default DatasetVersion push(DatasetVersion version, DatasetStore target, CopyOptions options) {
        return target.pull(this, version, options);
    }

    /**
     * Deletes a version. Data that others share stay; versions made from it then count as made from its
     * parents.
     *
     * @throws ResourceInUseException if a run, model version or application refers to it, or it is the current one
     *     while there are others
     */
    void deleteVersion(DatasetVersion version);

    /**
     * Deletes the versions that a policy does not keep. What others publish, tag, branch from or use meanwhile is kept.
     * Data that no version needs any more are taken away by {@link dev.mlops.api.content.Storage#collect}.
     *
     * @return the versions that were deleted, or with {@link RetentionPolicy#asDryRun()} would be, oldest first
     * @throws ResourceInUseException if something refers to a version that the policy does not keep; nothing is deleted
     *     then
     */
    List<DatasetVersion> prune(String name, RetentionPolicy policy);

    /**
     * Deletes a data set with its versions.
     *
     * @throws ResourceInUseException if something refers to one of its versions
     */
    void destroy(String name);
}
