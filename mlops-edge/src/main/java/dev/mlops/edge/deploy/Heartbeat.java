package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.core.context.ProjectContext;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the claim on a deployment until it is closed. */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final int BEATS_PER_CLAIM = 4;

    private final ScheduledFuture<?> beats;

    private Heartbeat(ScheduledFuture<?> beats) {
        this.beats = beats;
    }

    static Heartbeat of(Deployment deployment, Journal journal, ProjectContext context, Duration claim) {
        long millis = Math.max(1, claim.toMillis() / BEATS_PER_CLAIM);
        return new Heartbeat(context.background()
                .scheduleWithFixedDelay(() -> beat(deployment, journal), millis, millis, TimeUnit.MILLISECONDS));
    }

    private static void beat(Deployment deployment, Journal journal) {
        try {
            journal.renew(deployment);
        } catch (RuntimeException e) {
            // The deploying thread finds out by itself; a missed beat only shortens the claim.
            LOG.debug("claim on {} was not renewed", deployment, e);
        }
    }

    @Override
    public void close() {
        beats.cancel(false);
    }
}
