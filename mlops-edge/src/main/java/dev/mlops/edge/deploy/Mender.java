package dev.mlops.edge.deploy;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.core.context.ProjectContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Makes a device what is stored of it. One call of the engine when there is nothing to do. To be called by who holds the
 * device's lock.
 */
final class Mender {
    private final ProjectContext context;
    private final Journal journal;
    private final Launcher launcher;
    private final Duration stopGrace;

    Mender(ProjectContext context, Journal journal, Launcher launcher, Duration stopGrace) {
        this.context = context;
        this.journal = journal;
        this.launcher = launcher;
        this.stopGrace = stopGrace;
    }

    /**
     * Mends.
     *
     * @param takenUp the interrupted deployments that the caller goes on with; others are ended
     */
    MendReport mend(Target target, Predicate<Deployment> takenUp) {
        // The list comes before what is wanted: what it shows was wanted when it was made, or never will be.
        List<InstanceStatus> present = target.ask(engine -> engine.list(target.owner()));
        target.reached();
        MendReport report = new MendReport();
        List<Deployment> wanted = endAbandoned(journal.wanted(target.device()), takenUp, report);
        removeUnwanted(target, present, wanted, report);
        Map<String, InstanceStatus> byName =
                present.stream().collect(Collectors.toMap(InstanceStatus::name, Function.identity(), (a, b) -> a));
        wanted.stream()
                .filter(deployment -> deployment.state() == DeploymentState.COMMITTED)
                .forEach(deployment -> report.attempt(
                        deployment.instance(),
                        () -> settle(
                                target, deployment, Optional.ofNullable(byName.get(deployment.instance())), report)));
        clearLeftovers(target, wanted, report);
        return report;
    }

    private List<Deployment> endAbandoned(List<Deployment> all, Predicate<Deployment> takenUp, MendReport report) {
        List<Deployment> wanted = new ArrayList<>();
        for (Deployment deployment : all) {
            boolean abandoned = Marks.isUnfinished(deployment)
                    && !journal.isClaimedElsewhere(deployment)
                    && !takenUp.test(deployment);
            Deployment now = abandoned ? journal.endAbandoned(deployment) : deployment;
            if (!now.state().isTerminal()) {
                wanted.add(now);
            } else if (now.state() == DeploymentState.FAILED) {
                report.done("ended deployment %d of %s: %s"
                        .formatted(now.number(), now.model(), Marks.withoutLeftovers(now.message())));
            }
        }
        return wanted;
    }

    private void removeUnwanted(
            Target target, List<InstanceStatus> present, List<Deployment> wanted, MendReport report) {
        Set<String> names = wanted.stream().map(Deployment::instance).collect(Collectors.toSet());
        present.stream()
                .filter(status -> !names.contains(status.name()))
                .forEach(status -> report.attempt(status.name(), () -> {
                    remove(target, status);
                    report.done("removed instance " + status.name());
                }));
    }

    private void remove(Target target, InstanceStatus status) {
        if (status.state() == InstanceStatus.State.RUNNING) {
            target.tell(engine -> engine.stop(status.name(), stopGrace));
        }
        target.tell(engine -> engine.remove(status.name()));
    }

    private void settle(Target target, Deployment deployment, Optional<InstanceStatus> status, MendReport report) {
        boolean runs = status.filter(one -> one.state() == InstanceStatus.State.RUNNING)
                .isPresent();
        if (runs && deployment.desired() == DesiredState.STOPPED) {
            target.tell(engine -> engine.stop(deployment.instance(), stopGrace));
            report.done("stopped " + inWords(deployment));
        } else if (!runs && deployment.desired() == DesiredState.RUNNING) {
            Job job = job(target, deployment);
            if (status.isEmpty()) {
                launcher.transfer(job);
            }
            Deployment launched = launcher.launch(job, created -> created);
            report.started(
                    launched,
                    (status.isEmpty() ? "made and started " : "started ") + inWords(launched) + " on port "
                            + launched.port());
        }
    }

    /** What is needed to bring the instance of a stored deployment up. */
    Job job(Target target, Deployment deployment) {
        return new Job(
                target,
                deployment,
                version(deployment).orElseThrow(() -> context.notFound("model version " + deployment.model())),
                journal.options(deployment),
                ProgressListener.NONE,
                new Cancellation());
    }

    private Optional<ModelVersion> version(Deployment deployment) {
        return context.read(tx -> tx.models().findVersionById(deployment.modelVersionId()));
    }

    private void clearLeftovers(Target target, List<Deployment> wanted, MendReport report) {
        List<Deployment> over = journal.withLeftovers(target.device());
        if (over.isEmpty()) {
            return;
        }
        Set<Sha256> used = new HashSet<>();
        wanted.forEach(
                deployment -> version(deployment).map(ModelVersion::digest).ifPresent(used::add));
        over.stream()
                .filter(deployment -> report.isWell(deployment.instance()))
                .forEach(deployment ->
                        report.attempt(deployment.instance(), () -> clear(target, deployment, used, report)));
    }

    private void clear(Target target, Deployment over, Set<Sha256> used, MendReport report) {
        target.tell(engine -> engine.remove(over.instance()));
        Optional<ModelVersion> unused = version(over).filter(version -> !used.contains(version.digest()));
        // The engine keeps files that an instance of another device on it uses.
        if (unused.isPresent()
                && target.ask(engine -> engine.removeArtifact(Artifacts.of(unused.get(), context.content())))) {
            report.done("removed the files of " + over.model());
        }
        journal.cleaned(over);
    }

    private static String inWords(Deployment deployment) {
        return "deployment %d of %s".formatted(deployment.number(), deployment.model());
    }
}
