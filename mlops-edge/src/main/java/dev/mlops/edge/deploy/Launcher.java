package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.core.content.ContentStore;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Brings the files and the instance of a deployment onto its device. Every step may be done again. */
final class Launcher {
    private static final int PORTS_TRIED = 8;
    private static final Pattern TAKEN = Pattern.compile("in use|allocated|taken|bind");

    private final Journal journal;
    private final ContentStore content;

    Launcher(Journal journal, ContentStore content) {
        this.journal = journal;
        this.content = content;
    }

    /** Brings the model's files. */
    void transfer(Job job) {
        // Not through the target: it may be the content store that cannot be reached.
        job.target().engine().ensureArtifact(Artifacts.of(job.version(), content), job.progress(), job.cancellation());
    }

    /**
     * Creates and starts the instance, on the next free port if a stranger listens on its own.
     *
     * @param staged is told of the deployment when its instance is there
     * @return the deployment, with the port that it got
     */
    Deployment launch(Job job, UnaryOperator<Deployment> staged) {
        Set<Integer> tried = new HashSet<>();
        Job current = job;
        while (true) {
            try {
                create(current);
                Deployment deployment = staged.apply(current.deployment());
                current = current.with(deployment);
                current.target().tell(engine -> engine.start(deployment.instance()));
                return deployment;
            } catch (MlopsException e) {
                tried.add(current.deployment().port());
                if (!isPortTaken(e, current.deployment().port()) || tried.size() == PORTS_TRIED) {
                    throw e;
                }
                current = moved(current, tried);
            }
        }
    }

    private Job moved(Job job, Set<Integer> tried) {
        job.target().tell(engine -> engine.remove(job.deployment().instance()));
        return job.with(
                journal.moveToNextPort(job.deployment(), job.target().device().address(), tried));
    }

    private void create(Job job) {
        try {
            job.target().tell(engine -> engine.create(job.spec()));
        } catch (ConflictException e) {
            // An interrupted call made it with another port; the name belongs to this deployment alone.
            createAgain(job, engine -> engine.remove(job.deployment().instance()), e);
        } catch (NotFoundException e) {
            // Another device on this engine gave up the same files after they were found to be there.
            createAgain(job, engine -> transfer(job), e);
        }
    }

    private static void createAgain(Job job, Mending mending, MlopsException first) {
        try {
            job.target().tell(engine -> {
                mending.on(engine);
                engine.create(job.spec());
            });
        } catch (MlopsException e) {
            e.addSuppressed(first);
            throw e;
        }
    }

    /** Engines name the port when it is taken, each in its own words. */
    private static boolean isPortTaken(MlopsException failure, int port) {
        String message = String.valueOf(failure.getMessage());
        boolean named = Pattern.compile("\\b" + port + "\\b").matcher(message).find();
        return named
                && (failure instanceof ConflictException
                        || TAKEN.matcher(message).find());
    }

    private interface Mending {
        void on(DeviceEngine engine);
    }
}
