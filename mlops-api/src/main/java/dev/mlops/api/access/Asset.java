package dev.mlops.api.access;

/**
 * A thing on which privileges are granted and about which events tell.
 *
 * @param kind what it is
 * @param id its id; for a project the project's id
 */
public record Asset(AssetKind kind, String id) {
    /** A whole project. */
    public static Asset project(String id) {
        return new Asset(AssetKind.PROJECT, id);
    }

    /** An experiment. */
    public static Asset experiment(String id) {
        return new Asset(AssetKind.EXPERIMENT, id);
    }

    /** A data set. */
    public static Asset dataset(String id) {
        return new Asset(AssetKind.DATASET, id);
    }

    /** A model. */
    public static Asset model(String id) {
        return new Asset(AssetKind.MODEL, id);
    }

    /** An application. */
    public static Asset application(String id) {
        return new Asset(AssetKind.APPLICATION, id);
    }

    /** A device. */
    public static Asset device(String id) {
        return new Asset(AssetKind.DEVICE, id);
    }
}
