package dev.mlops.edge.docker;

import com.github.dockerjava.api.model.Container;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.progress.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * At most one process changes the volume of a model: the one that made the container with the name of its lock. The
 * engine refuses a second container of that name, so the lock holds between processes and between machines.
 */
final class ModelLock {
    private static final long POLL_MILLIS = 100;

    private final Helpers helpers;
    private final Duration lease;

    /** A lock that a holder on another machine loses after {@code lease}; on this machine its process is looked at. */
    ModelLock(Helpers helpers, Duration lease) {
        this.helpers = helpers;
        this.lease = lease;
    }

    /** Waits until the lock is ours; closing what is returned gives it back. */
    Helper acquire(Sha256 digest, Holder holder, Cancellation cancellation) {
        while (true) {
            Optional<Helper> acquired = attempt(digest, holder);
            if (acquired.isPresent()) {
                return acquired.get();
            }
            cancellation.check("transfer of model " + digest.shortHex());
            pause();
        }
    }

    /** Takes the lock if nobody alive has it. */
    Optional<Helper> attempt(Sha256 digest, Holder holder) {
        try {
            return Optional.of(helpers.lock(digest, holder));
        } catch (ConflictException e) {
            return resolve(digest, holder, e);
        }
    }

    private Optional<Helper> resolve(Sha256 digest, Holder holder, ConflictException conflict) {
        List<Container> present = helpers.find(digest);
        Optional<Container> lock = present.stream()
                .filter(helper -> isNamed(helper, Helpers.lockName(digest)))
                .findFirst();
        if (lock.isEmpty()) {
            return releasedMeanwhile(digest, conflict);
        }
        String madeBy = lock.get().getLabels().getOrDefault(Labels.HOLDER, "");
        if (madeBy.equals(holder.toString())) {
            // The request was sent twice over a broken connection: the first one made it.
            return Optional.of(helpers.handle(lock.get()));
        }
        if (helpers.isAbandoned(lock.get(), holder, lease)) {
            helpers.remove(lock.get());
        }
        return Optional.empty();
    }

    /** The holder just gave it back; or the name belongs to a container that is not ours, which the engine then says. */
    private Optional<Helper> releasedMeanwhile(Sha256 digest, ConflictException conflict) {
        if (helpers.isForeign(Helpers.lockName(digest))) {
            throw conflict;
        }
        return Optional.empty();
    }

    private static boolean isNamed(Container container, String name) {
        return List.of(container.getNames()).contains("/" + name);
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("transfer of a model was interrupted", e);
        }
    }
}
