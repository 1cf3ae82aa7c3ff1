package dev.mlops.api.model;

import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.page.Listing;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The models of one project. Reading needs {@code read}; making, changing and importing {@code edit}; moving an alias
 * {@code publish}; deleting {@code delete}; on the model or the project ({@link AccessDeniedException}; {@link
 * NotFoundException} where the caller may not even read). Thread-safe, also across processes and hosts.
 */
public interface ModelRegistry {
    /**
     * Makes a model by name alone, with counted versions.
     *
     * @throws AlreadyExistsException if the name is taken
     */
    default Model create(String name) {
        return create(ModelSpec.of(name));
    }

    /** Makes a model. */
    Model create(ModelSpec spec);

    /**
     * A model.
     *
     * @throws NotFoundException if there is none that the caller may see
     */
    Model model(String name);

    /** A model, if there is one that the caller may see. */
    Optional<Model> find(String name);

    /** The models that a query means and that the caller may see. */
    Listing<Model> list(ModelQuery query);

    /** All models by name. */
    default Listing<Model> list() {
        return list(ModelQuery.ALL);
    }

    /** Changes the description, labels or documents. */
    Model update(String name, ModelUpdate update);

    /**
     * Removes a model with all its versions and aliases.
     *
     * @throws ResourceInUseException if a deployment, an application or a release refers to one of its versions
     */
    void destroy(String name);

    /**
     * Imports a version. Makes the model if there is none. A file whose name ends in {@code .onnx} is read and its
     * signature is kept with the version; one that is no whole ONNX model is refused. An interrupted import leaves no
     * version.
     *
     * @param name the model
     * @param source where the files come from
     * @param options how
     * @throws InvalidInputException if there are no files, a model file is empty or broken, an archive is hostile, or
     *     the number is not allowed or already used
     * @throws CancelledException if it was cancelled
     */
    ModelVersion importVersion(String name, ImportSource source, ImportOptions options);

    /** Imports a version with the next number. */
    default ModelVersion importVersion(String name, ImportSource source) {
        return importVersion(name, source, ImportOptions.defaults());
    }

    /**
     * The version that a reference names, in another project too if it says so.
     *
     * @throws NotFoundException if there is none that the caller may see; says whether the model, the version or the
     *     alias is missing
     */
    ModelVersion version(ModelRef ref);

    /** The version that a text such as {@code digits:3} or {@code digits@champion} names. */
    default ModelVersion version(String ref) {
        return version(ModelRef.parse(ref));
    }

    /** The versions of a model, newest first. */
    Listing<ModelVersion> versions(String name);

    /**
     * Moves an alias to a version if it stands where it is expected; makes it if it is new.
     *
     * @throws ConflictException if it stands elsewhere, with where
     */
    AliasChange setAlias(ModelVersion to, Alias alias, AliasExpectation expected);

    /** Moves an alias to a version wherever it stands. */
    default AliasChange setAlias(ModelVersion to, String alias) {
        return setAlias(to, Alias.of(alias), AliasExpectation.ANY);
    }

    /** Removes an alias if it stands where it is expected; {@link NotFoundException} if there is none. */
    AliasChange removeAlias(String name, Alias alias, AliasExpectation expected);

    /** The aliases of a model, each with the number of the version at which it stands. */
    Map<Alias, String> aliases(String name);

    /** The moves of an alias, newest first; they stay when the alias or a version is removed. */
    Listing<AliasChange> aliasHistory(String name, Alias alias);

    /**
     * Opens a file of a version, verified while it is read.
     *
     * @throws NotFoundException if the version has none with this path
     */
    InputStream open(ModelVersion version, String path);

    /**
     * Writes the files of a version below a directory, each verified and each as a whole; files that are there with the
     * right bytes are left.
     *
     * @return the model file: the one whose name ends in {@code .onnx} if there is exactly one, else the first
     * @throws IntegrityException if stored bytes are damaged
     * @throws CancelledException if it was cancelled; files that were whole stay
     */
    Path download(ModelVersion version, Path directory, ProgressListener progress, Cancellation cancellation);

    /** Writes the files of a version below a directory, as the method with progress and cancellation does. */
    default Path download(ModelVersion version, Path directory) {
        return download(version, directory, ProgressListener.NONE, new Cancellation());
    }

    /**
     * Deletes a version. Its number is not used again; bytes that others share stay.
     *
     * @throws ResourceInUseException if an alias, a deployment, an application or a release refers to it, with which
     */
    void deleteVersion(ModelVersion version);
}
