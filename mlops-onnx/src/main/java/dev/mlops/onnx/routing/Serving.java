package dev.mlops.onnx.routing;

import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What serves now, and what runs beside it. Thread-safe: calls take no lock and may come at any time, and so may the end;
 * of changes there is one at a time.
 */
final class Serving implements AutoCloseable {
    /** Held for moments only. */
    private final Object publishing = new Object();

    private volatile Route route;

    private volatile @Nullable Shadow shadow;

    Serving(Arm first) {
        this.route = new Route(List.of(first), false);
    }

    Route route() {
        return route;
    }

    /** Null if there is none. */
    @Nullable
    Shadow shadow() {
        return shadow;
    }

    <T> T call(Function<Arm, T> call) {
        while (true) {
            Route seen = route;
            try {
                return call.apply(seen.pick());
            } catch (UnavailableException e) {
                // It was replaced and closed between the pick and the run, which therefore did not begin.
                if (seen.isClosed || route == seen) {
                    throw e;
                }
            }
        }
    }

    /** Has one more serve, which is closed if this is; gives those that do not serve any more. */
    List<Arm> add(Arm next, @Nullable Shadow beside) {
        Route before = route;
        Route after = before.with(next);
        if (!publish(after, beside)) {
            next.close();
            throw closed();
        }
        return before.without(after);
    }

    /** Changes the shares; gives those that do not serve any more. */
    List<Arm> weigh(Map<OnnxModel, Integer> weights) {
        Route before = route;
        Route after = before.weighed(weights);
        if (!publish(after, shadow)) {
            throw closed();
        }
        return before.without(after);
    }

    /** Has one run beside what serves, in the place of another; it is closed if this is. */
    void shadow(Shadow beside) {
        if (!publish(route, beside)) {
            beside.close();
            throw closed();
        }
    }

    /** False if this is closed. */
    private boolean publish(Route next, @Nullable Shadow beside) {
        synchronized (publishing) {
            if (route.isClosed) {
                return false;
            }
            route = next;
            shadow = beside;
            return true;
        }
    }

    void checkOpen() {
        if (route.isClosed) {
            throw closed();
        }
    }

    private UnavailableException closed() {
        return new UnavailableException("the router of " + route.models() + " is closed");
    }

    @Override
    public void close() {
        Route last;
        Shadow beside;
        synchronized (publishing) {
            last = route.closed();
            beside = shadow;
            route = last;
            shadow = null;
        }
        if (beside != null) {
            beside.close();
        }
        last.arms.forEach(Arm::close);
    }
}
