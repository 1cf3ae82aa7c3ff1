package dev.mlops.onnx.serving;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Open Inference Protocol v2 for the models of a catalog, over whatever HTTP server. Thread-safe. */
final class InferenceProtocol {
    private static final Logger log = LoggerFactory.getLogger(InferenceProtocol.class);

    private final ModelCatalog catalog;
    private final Routes routes;
    private final ServingLimits limits;
    private final RunSlots slots;
    private final HeldBytes held;
    private final Consumer<String> failures;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger inferences = new AtomicInteger();

    private volatile boolean draining;

    /**
     * Makes it.
     *
     * @param failures is told, in a line each, of requests that failed
     * @param threads where models run that have no threads of their own
     */
    InferenceProtocol(ModelCatalog catalog, ServingLimits limits, Consumer<String> failures, Executor threads) {
        this.catalog = catalog;
        this.routes = new Routes(catalog);
        this.limits = limits;
        this.slots = new RunSlots(limits, threads);
        this.held = new HeldBytes(limits.maxHeldBytes());
        this.failures = failures;
    }

    /** Begins to answer a request; whoever calls this sends one reply and closes the exchange. */
    Exchange open(RequestHead head) {
        active.incrementAndGet();
        Exchange exchange = new Exchange(this, head);
        exchange.route();
        return exchange;
    }

    /** From now on answers only health and metadata requests, readiness with 503; requests that go on are finished. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }

    /** How many requests are being answered. */
    int active() {
        return active.get();
    }

    ModelCatalog catalog() {
        return catalog;
    }

    Routes routes() {
        return routes;
    }

    ServingLimits limits() {
        return limits;
    }

    RunSlots slots() {
        return slots;
    }

    HeldBytes held() {
        return held;
    }

    /** Tells of a request that failed. */
    void failed(String line) {
        try {
            failures.accept(line);
        } catch (RuntimeException e) {
            log.warn("what is told of failed requests threw", e);
        }
    }

    /** Lets an inference in; false if there are too many. */
    boolean enter() {
        if (inferences.incrementAndGet() <= limits.maxRequests()) {
            return true;
        }
        inferences.decrementAndGet();
        return false;
    }

    void leave(boolean wasInference) {
        if (wasInference) {
            inferences.decrementAndGet();
        }
        active.decrementAndGet();
    }
}
