package dev.mlops.edge.deploy;

import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.model.ModelVersion;

/** What a caller wants on a device. */
record Order(ModelVersion version, Device device, DeployOptions options) {
    InstanceOptions instance() {
        return InstanceOptions.of(options);
    }

    /** The model with its project, as the reference of each of its versions begins. */
    String model() {
        return modelOf(version.reference());
    }

    String modelName() {
        String model = model();
        return model.substring(model.indexOf('/') + 1);
    }

    static String modelOf(String reference) {
        return reference.substring(0, reference.lastIndexOf(':'));
    }

    /** True if a deployment, made with these options, is what is ordered. */
    boolean isMetBy(Deployment deployment, InstanceOptions made) {
        return deployment.modelVersionId().equals(version.id()) && instance().makesTheSameAs(made);
    }

    @Override
    public String toString() {
        return "deployment of " + version.reference() + " on " + device.name();
    }
}
