package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.error.MlopsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What mending a device came to. One thing that cannot be mended does not keep the others from being mended. */
final class MendReport {
    private static final Logger LOG = LoggerFactory.getLogger(MendReport.class);

    private final List<String> done = new ArrayList<>();
    private final List<Deployment> started = new ArrayList<>();
    private final Map<String, RuntimeException> problems = new LinkedHashMap<>();

    void done(String what) {
        done.add(what);
    }

    void started(Deployment deployment, String what) {
        started.add(deployment);
        done(what);
    }

    /** Mends one instance; a failure is kept for it. */
    void attempt(String instance, Runnable mending) {
        try {
            mending.run();
        } catch (RuntimeException e) {
            problems.merge(instance, e, (first, second) -> {
                first.addSuppressed(second);
                return first;
            });
        }
    }

    boolean isWell(String instance) {
        return !problems.containsKey(instance);
    }

    List<String> done() {
        return List.copyOf(done);
    }

    List<Deployment> started() {
        return List.copyOf(started);
    }

    /** For calls that are about something else: the next call tries again. */
    MendReport logged(String device) {
        problems.forEach((instance, problem) -> {
            LOG.warn(
                    "device '{}': instance '{}' could not be mended, reconcile it: {}",
                    device,
                    instance,
                    problem.toString());
            LOG.debug("instance '{}'", instance, problem);
        });
        return this;
    }

    void throwProblemOf(Deployment deployment) {
        RuntimeException problem = problems.get(deployment.instance());
        if (problem != null) {
            throw thrown(deployment.toString(), problem);
        }
    }

    void throwProblems(String device) {
        List<RuntimeException> all = List.copyOf(problems.values());
        if (!all.isEmpty()) {
            all.subList(1, all.size()).forEach(all.get(0)::addSuppressed);
            throw thrown(
                    "device '%s': %d of its instances (%s)"
                            .formatted(device, all.size(), String.join(", ", problems.keySet())),
                    all.get(0));
        }
    }

    private static RuntimeException thrown(String what, RuntimeException problem) {
        if (problem instanceof MlopsException known && known.isRetryable()) {
            return problem;
        }
        return new DeploymentFailedException(
                "%s could not be made what it should be: %s".formatted(what, problem.getMessage()), problem);
    }
}
