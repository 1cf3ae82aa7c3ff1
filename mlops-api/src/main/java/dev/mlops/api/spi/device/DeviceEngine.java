package dev.mlops.api.spi.device;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a device can do: hold model files and run instances that serve them over the Open Inference Protocol v2. The
 * EdgeDeployer decides what should run; an engine only carries it out and tells what it sees.
 *
 * <p>Rules for every implementation, proved by {@code DeviceEngineContract} in mlops-testkit: thread-safe; every call is
 * idempotent, so that a caller that died may call again; instances are found by the name that the caller chose, and an
 * engine never touches what does not carry the labels of its owner. {@link UnavailableException} if the device cannot be
 * reached or died during the call.
 */
public interface DeviceEngine extends AutoCloseable {
    /** What kind of engine this is and where, for logs and errors: {@code docker at unix:///var/run/docker.sock}. */
    String describe();

    /**
     * Asks the device what it is. Throws {@link UnavailableException} with what to do when it cannot be reached, lacks
     * permission, or speaks no API version that this engine knows.
     */
    EngineInfo info();

    /**
     * Makes the files of a model available on the device, verified there against their SHA-256. Does nothing when they
     * are there already; a half-done earlier attempt is completed or replaced.
     *
     * @throws IntegrityException if what arrived is not what was sent
     */
    void ensureArtifact(ModelArtifact artifact, ProgressListener progress, Cancellation cancellation);

    /** True if the artifact is whole on the device. */
    boolean hasArtifact(ModelArtifact artifact);

    /** Removes the files of a model from the device; false if an instance still uses them or there are none. */
    boolean removeArtifact(ModelArtifact artifact);

    /**
     * Creates a stopped instance. If one with this name exists with an equal spec, nothing happens.
     *
     * @throws ConflictException if one with this name exists with another spec; remove it first
     * @throws NotFoundException if the artifact or the runtime (image) is not on the device
     * @throws InvalidInputException if the device cannot give what the spec asks for
     */
    void create(InstanceSpec spec);

    /** Starts an instance; does nothing if it runs. Returning does not mean that it is ready to serve. */
    void start(String instance);

    /** Stops an instance, by force after {@code grace}; does nothing if it does not run or does not exist. */
    void stop(String instance, Duration grace);

    /** Removes an instance, stopping it by force if it runs; does nothing if it does not exist. */
    void remove(String instance);

    /** What the device says of one instance; empty if there is none. */
    Optional<InstanceStatus> inspect(String instance);

    /** Every instance on the device that carries this owner. */
    List<InstanceStatus> list(String owner);

    /** The last {@code lines} lines that the instance printed, oldest first; empty if it never ran. */
    List<String> logs(String instance, int lines);

    /** Frees what the engine opened itself; instances go on running where they outlive this process. Idempotent. */
    @Override
    void close();
}
