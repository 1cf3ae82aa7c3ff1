package dev.mlops.api.edge;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Listing;
import java.util.List;
import java.util.Optional;

/**
 * Puts the models of one project on devices and keeps them there. What should be on a device is stored before anything
 * is done to it, so that an interrupted call is completed or cleaned up by the next call for that device, from any
 * process. Reading needs {@code read}; deploying, starting, stopping and removing {@code deploy} on the device and on the
 * model; registering {@code edit}; retiring {@code delete}. Thread-safe; calls for one device run one after the other.
 */
public interface EdgeDeployer extends AutoCloseable {
    /** Registers a device under the deployer's default engine; gives the one that is there if it is registered alike. */
    default Device register(String name) {
        return register(DeviceSpec.of(name));
    }

    /**
     * Registers a device; gives the one that is there if it is registered with the same engine.
     *
     * @throws AlreadyExistsException if it is registered with another engine
     */
    Device register(DeviceSpec spec);

    /**
     * A device by name.
     *
     * @throws NotFoundException if there is none that the caller may see
     */
    Device device(String name);

    /** The devices by name. */
    Listing<Device> devices();

    /** Checks what deployments need: engine reachable, its version, architecture, memory, disk. Stores the state. */
    DeviceCheck check(Device device);

    /** Sets a device aside, or takes it back into use. */
    Device quarantine(Device device, Quarantine quarantine);

    /**
     * Takes a device out of use for good.
     *
     * @throws ResourceInUseException if something is deployed on it
     */
    Device retire(Device device);

    /**
     * Deploys a model version and returns when it answers an inference. A version of the same model that serves on the
     * device goes on until then and is removed afterwards. If this very version serves already with the same options,
     * nothing is done and its deployment is returned.
     *
     * @throws DeploymentFailedException if it did not become ready; what was in force before still is
     * @throws UnavailableException if the device cannot be reached; a second call goes on
     * @throws CancelledException if it was cancelled; what was in force before still is
     * @throws ConflictException if the device is set aside or retired
     */
    Deployment deploy(ModelVersion version, Device device, DeployOptions options);

    /** Deploys with {@link DeployOptions#defaults()}. */
    default Deployment deploy(ModelVersion version, Device device) {
        return deploy(version, device, DeployOptions.defaults());
    }

    /** Deploys the version that a reference names now. */
    Deployment deploy(ModelRef ref, Device device);

    /** The deployments in force on a device, by model. */
    List<Deployment> inForce(Device device);

    /** The deployment in force of a model on a device, if there is one. */
    Optional<Deployment> inForce(Device device, String model);

    /** Everything that was ever deployed to a device, newest first. */
    Listing<Deployment> history(Device device);

    /**
     * A deployment as it is stored now.
     *
     * @throws NotFoundException if there is none that the caller may see
     */
    Deployment deployment(String id);

    /** The steps of a deployment, oldest first. */
    List<Deployment.Step> steps(Deployment deployment);

    /** Asks the device how the deployment does. */
    InstanceHealth health(Deployment deployment);

    /** Stops a deployment in force; it can be started again. Idempotent. */
    Deployment stop(Deployment deployment);

    /** Starts a stopped deployment and returns when it serves. Idempotent. */
    Deployment start(Deployment deployment);

    /** Removes a deployment from its device; model files that nobody else uses go too. Idempotent. */
    Deployment remove(Deployment deployment);

    /** The last lines that the instance printed, oldest first. */
    List<String> logs(Deployment deployment, int lines);

    /**
     * Makes a device what it should be: deployments in force run (or are stopped), leftovers of interrupted calls are
     * removed.
     *
     * @return what was done, in words; empty if all was as it should be
     */
    List<String> reconcile(Device device);

    /** Frees what the deployer opened; deployed models go on where they outlive this process. Idempotent. */
    @Override
    void close();

    /** Whether a device is set aside. */
    enum Quarantine {
        /** Set aside: nothing is deployed to it; what runs goes on. */
        SET_ASIDE,
        /** In use again. */
        LIFTED
    }
}
