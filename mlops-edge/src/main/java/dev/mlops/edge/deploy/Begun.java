package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;

/** How a deployment begins. */
sealed interface Begun {
    /** The deployment that it is about. */
    Deployment deployment();

    /** It was stored, or an interrupted one was taken up: drive it. */
    record Taken(Deployment deployment) implements Begun {}

    /** What is ordered is in force already. */
    record InForce(Deployment deployment) implements Begun {}

    /** The idempotency key made this deployment before, and it is over or in force. */
    record Known(Deployment deployment) implements Begun {}

    /** Another process deploys to the device at this moment. */
    record Busy(Deployment deployment) implements Begun {}
}
