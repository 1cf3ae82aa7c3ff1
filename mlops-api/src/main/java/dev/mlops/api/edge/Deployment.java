package dev.mlops.api.edge;

import java.net.URI;
import java.time.Instant;

/**
 * That a model version was put on a device.
 *
 * @param id its id
 * @param projectId its project
 * @param deviceId the device
 * @param device the device's name
 * @param modelVersionId the model version
 * @param model the model version's reference, such as {@code digits/digits:3}
 * @param number its number on the device, counted from 1
 * @param state where it is
 * @param desired what should be on the device
 * @param instance the name of its instance on the device
 * @param port the port on the device's loopback address
 * @param message what happened last, such as why it failed; may be empty
 * @param requestedBy who asked for it
 * @param requestedAt when
 * @param changedAt when its state changed last
 */
public record Deployment(
        String id,
        String projectId,
        String deviceId,
        String device,
        String modelVersionId,
        String model,
        long number,
        DeploymentState state,
        DesiredState desired,
        String instance,
        int port,
        String message,
        String requestedBy,
        Instant requestedAt,
        Instant changedAt) {
    /** The name of the model, under which it is served. */
    public String modelName() {
        return model.substring(model.indexOf('/') + 1, model.lastIndexOf(':'));
    }

    /** Where programs on the device send inferences: {@code http://127.0.0.1:<port>/v2/models/<model>/infer}. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port + "/v2/models/" + modelName() + "/infer");
    }

    /** The same deployment in another state. */
    public Deployment with(DeploymentState state, String message, Instant at) {
        return copy(state, desired, port, message, at);
    }

    /** The same deployment with another wish. */
    public Deployment with(DesiredState desired, Instant at) {
        return copy(state, desired, port, message, at);
    }

    /** The same deployment on another port. */
    public Deployment withPort(int port) {
        return copy(state, desired, port, message, changedAt);
    }

    private Deployment copy(DeploymentState state, DesiredState desired, int port, String message, Instant changedAt) {
        return new Deployment(
                id,
                projectId,
                deviceId,
                device,
                modelVersionId,
                model,
                number,
                state,
                desired,
                instance,
                port,
                message,
                requestedBy,
                requestedAt,
                changedAt);
    }

    /** Such as {@code deployment 7 of digits/digits:3 on camera-1 (COMMITTED)}. */
    @Override
    public String toString() {
        return "deployment %d of %s on %s (%s%s)"
                .formatted(number, model, device, state, message.isEmpty() ? "" : ": " + message);
    }

    /**
     * One step of a deployment.
     *
     * @param state the state that it went to
     * @param message what was said
     * @param at when
     */
    public record Step(DeploymentState state, String message, Instant at) {
        @Override
        public String toString() {
            return state + (message.isEmpty() ? "" : ": " + message);
        }
    }
}
