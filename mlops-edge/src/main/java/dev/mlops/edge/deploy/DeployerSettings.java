package dev.mlops.edge.deploy;

import java.time.Duration;

/**
 * How a deployer works.
 *
 * @param ports the ports that deployments lease
 * @param probePasses how many inferences in a row an instance must answer
 * @param probeInterval the pause between two of them
 * @param claim how long an unfinished deployment belongs to the process that was heard of last
 * @param stopGrace how long an instance may take to end by itself
 */
record DeployerSettings(PortRange ports, int probePasses, Duration probeInterval, Duration claim, Duration stopGrace) {
    static final DeployerSettings DEFAULTS = new DeployerSettings(
            new PortRange(49_152, 65_535), 2, Duration.ofMillis(200), Duration.ofSeconds(15), Duration.ofSeconds(10));

    DeployerSettings withPorts(PortRange other) {
        return new DeployerSettings(other, probePasses, probeInterval, claim, stopGrace);
    }

    DeployerSettings withProbe(int passes, Duration interval) {
        return new DeployerSettings(ports, passes, interval, claim, stopGrace);
    }

    DeployerSettings withClaim(Duration other) {
        return new DeployerSettings(ports, probePasses, probeInterval, other, stopGrace);
    }

    DeployerSettings withStopGrace(Duration other) {
        return new DeployerSettings(ports, probePasses, probeInterval, claim, other);
    }
}
