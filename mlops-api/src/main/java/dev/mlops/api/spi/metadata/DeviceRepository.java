package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.util.List;
import java.util.Optional;

/** Devices and deployments. */
public interface DeviceRepository {
    /** Inserts; {@link AlreadyExistsException} if the name is taken in the project. */
    void insert(Device device);

    /** By name. */
    Optional<Device> find(String projectId, String name);

    /** By id. */
    Optional<Device> findById(String id);

    /** Those that the viewer may read, by name. */
    Page<Device> list(String projectId, Principal viewer, PageRequest page);

    /** Replaces description, labels, state and last seen. */
    void update(Device device);

    /** The next number of a deployment on a device, counted from 1 and never given twice; locks the device until the end. */
    long allocate(String deviceId);

    /**
     * Inserts a deployment with its first step and leases its port; names and references are not kept but read by join.
     * {@link AlreadyExistsException} if the port is leased on an address.
     */
    void insertDeployment(Deployment deployment);

    /** The ports leased on an address by deployments whose desired state is not {@code ABSENT}; locks the leases of the address until the end. */
    List<Integer> leasedPorts(String address);

    /** Replaces state, desired state, port and message, appends a step where the state changed; when the desired state becomes {@code ABSENT}, the port is free again. */
    void updateDeployment(Deployment deployment);

    /** A deployment by id. */
    Optional<Deployment> findDeployment(String id);

    /** As {@link #findDeployment}, and keeps it from being changed by others until the end. */
    Optional<Deployment> lockDeployment(String id);

    /** The deployments of a device whose desired state is not {@code ABSENT}, by number. */
    List<Deployment> wanted(String deviceId);

    /** All deployments of a device, newest first. */
    Page<Deployment> deployments(String deviceId, PageRequest page);

    /** The steps of a deployment, oldest first. */
    List<Deployment.Step> steps(String deploymentId);
}
