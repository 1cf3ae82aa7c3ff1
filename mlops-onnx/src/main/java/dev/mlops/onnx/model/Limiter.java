package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.progress.Cancellation;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends one run when its time is over or it is cancelled; to be stopped when the run is done. */
final class Limiter {
    private static final Logger log = LoggerFactory.getLogger(Limiter.class);

    private final Terminable run;
    private final RunLimits limits;
    private final AtomicReference<State> state = new AtomicReference<>(State.GOING_ON);
    private final @Nullable Future<?> alarm;
    private final Cancellation.@Nullable Registration registration;
    private volatile boolean isTimeOver;

    private enum State {
        GOING_ON,
        /** Somebody tells the run to end. */
        ENDING,
        /** The run was told to end. */
        ENDED,
        /** The run is done; it is too late to end it. */
        DONE
    }

    /** Watches from now on. */
    Limiter(Terminable run, RunLimits limits) {
        this.run = run;
        this.limits = limits;
        Duration within = limits.within();
        alarm = within == null
                ? null
                : Alarms.THREAD.schedule(this::endInTime, TimeUnit.NANOSECONDS.convert(within), TimeUnit.NANOSECONDS);
        Cancellation cancellation = limits.cancellation();
        registration = cancellation == null ? null : cancellation.onCancel(this::end);
    }

    private void endInTime() {
        isTimeOver = true;
        end();
    }

    private void end() {
        if (state.compareAndSet(State.GOING_ON, State.ENDING)) {
            try {
                run.terminate();
            } catch (OrtException e) {
                log.warn("a run could not be ended", e);
            } finally {
                state.set(State.ENDED);
            }
        }
    }

    /** True if the run was told to end, perhaps too late; nobody tells it any more once this returned. */
    boolean stop() {
        if (alarm != null) {
            alarm.cancel(false);
        }
        if (registration != null) {
            registration.close();
        }
        if (state.compareAndSet(State.GOING_ON, State.DONE)) {
            return false;
        }
        while (state.get() == State.ENDING) {
            Thread.onSpinWait();
        }
        return state.get() == State.ENDED;
    }

    /** What to throw for a run that failed because it was told to end. */
    CancelledException reason(String model, OrtException failure) {
        return new CancelledException(
                isTimeOver
                        ? "a run of the ONNX model %s was ended after %s".formatted(model, limits.within())
                        : "a run of the ONNX model %s was cancelled".formatted(model),
                failure);
    }

    /** One thread tells all runs whose time is over; it only sets a flag in each. */
    private static final class Alarms {
        static final ScheduledThreadPoolExecutor THREAD = make();

        private static ScheduledThreadPoolExecutor make() {
            ScheduledThreadPoolExecutor made = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "mlops-onnx-deadlines");
                thread.setDaemon(true);
                return thread;
            });
            made.setRemoveOnCancelPolicy(true);
            return made;
        }
    }
}
