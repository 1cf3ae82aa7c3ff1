package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;

/** What the stored message of a deployment tells the next call for its device; people read it too. */
final class Marks {
    private static final String INTERRUPTED = "interrupted: ";
    private static final String LEFTOVERS = " [to be cleaned up on the device]";
    private static final int SHOWN = 3_000;

    private Marks() {}

    /** True while a deployment is on its way: neither in force nor over. */
    static boolean isUnfinished(Deployment deployment) {
        return deployment.state() != DeploymentState.COMMITTED
                && !deployment.state().isTerminal();
    }

    /** The process that worked on it gave it up and said so. */
    static String interrupted(String reason) {
        return INTERRUPTED + shortened(reason);
    }

    static boolean isInterrupted(Deployment deployment) {
        return isUnfinished(deployment) && deployment.message().startsWith(INTERRUPTED);
    }

    /** It is over, but something of it may be on the device still. */
    static String leftovers(String message) {
        return shortened(message) + LEFTOVERS;
    }

    static boolean hasLeftovers(Deployment deployment) {
        return deployment.state().isTerminal() && deployment.message().endsWith(LEFTOVERS);
    }

    static String withoutLeftovers(String message) {
        return message.endsWith(LEFTOVERS) ? message.substring(0, message.length() - LEFTOVERS.length()) : message;
    }

    private static String shortened(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
