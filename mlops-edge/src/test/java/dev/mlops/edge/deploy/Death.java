package dev.mlops.edge.deploy;

/** The end of the deployer's process, as far as one JVM can play it: nothing catches it. */
final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death() {
        super("the deployer died");
    }
}
