package dev.mlops.edge.deploy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;

/** Reads things as they are stored now, for a caller who has the privilege. */
final class Gate {
    private final ProjectContext context;

    Gate(ProjectContext context) {
        this.context = context;
    }

    Device device(MetadataTransaction tx, String name, Privilege privilege) {
        Device device = tx.devices()
                .find(context.projectId(), name)
                .orElseThrow(() -> context.notFound(inWords("device '" + name + "'")));
        return require(tx, device, privilege);
    }

    Device device(MetadataTransaction tx, Device known, Privilege privilege) {
        return deviceById(tx, known.id(), known.name(), privilege);
    }

    Device deviceOf(MetadataTransaction tx, Deployment deployment, Privilege privilege) {
        return deviceById(tx, deployment.deviceId(), deployment.device(), privilege);
    }

    private Device deviceById(MetadataTransaction tx, String id, String name, Privilege privilege) {
        Device device = tx.devices()
                .findById(id)
                .filter(found -> found.projectId().equals(context.projectId()))
                .orElseThrow(() -> context.notFound(inWords("device '" + name + "'")));
        return require(tx, device, privilege);
    }

    private Device require(MetadataTransaction tx, Device device, Privilege privilege) {
        context.require(tx, privilege, Asset.device(device.id()), inWords("device '" + device.name() + "'"));
        return device;
    }

    Deployment deployment(MetadataTransaction tx, String id, Privilege privilege) {
        Deployment deployment = tx.devices()
                .findDeployment(id)
                .filter(found -> found.projectId().equals(context.projectId()))
                .orElseThrow(() -> context.notFound(inWords("deployment '" + id + "'")));
        deviceOf(tx, deployment, privilege);
        return deployment;
    }

    /** A deployment that the caller may change: {@code deploy} on its device and its model. */
    Deployment changeable(MetadataTransaction tx, Deployment known) {
        Deployment deployment = deployment(tx, known.id(), Privilege.DEPLOY);
        if (!deployment.state().isTerminal()) {
            version(tx, deployment.modelVersionId(), deployment.model());
        }
        return deployment;
    }

    /** A model version, in any project, that the caller may deploy. */
    ModelVersion version(MetadataTransaction tx, String id, String reference) {
        ModelVersion version =
                tx.models().findVersionById(id).orElseThrow(() -> context.notFound("model version " + reference));
        context.require(
                tx,
                Privilege.DEPLOY,
                version.projectId(),
                Asset.model(version.modelId()),
                "model version " + version.reference());
        if (version.status() != ModelStatus.READY) {
            throw new ConflictException("model version %s is %s and cannot be deployed %s"
                    .formatted(version.reference(), version.status(), version.statusReason()));
        }
        return version;
    }

    private String inWords(String what) {
        return what + " in project '" + context.project().name() + "'";
    }
}
