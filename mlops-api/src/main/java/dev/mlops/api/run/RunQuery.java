package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which runs to find, and in which order. Immutable. */
public final class RunQuery {
    private final List<String> experiments;
    private final Set<RunStatus> statuses;
    private final LifecycleView view;
    private final @Nullable RunFilter filter;
    private final List<RunOrder> order;

    private RunQuery(Builder builder) {
        experiments = List.copyOf(builder.experiments);
        statuses = Set.copyOf(builder.statuses);
        view = builder.view;
        filter = builder.filter;
        order = List.copyOf(builder.order);
    }

    /** All runs that were not deleted, newest first. */
    public static RunQuery all() {
        return builder().build();
    }

    /** Runs that match a filter such as {@code metrics.accuracy > 0.9 AND params.kind = 'softmax'}; newest first. */
    public static RunQuery where(String filter) {
        return builder().filter(filter).build();
    }

    /** A builder that begins with all runs that were not deleted, newest first. */
    public static Builder builder() {
        return new Builder();
    }

    /** The names of the experiments to look in; empty for all. */
    public List<String> experiments() {
        return experiments;
    }

    /** The statuses to find; empty for all. */
    public Set<RunStatus> statuses() {
        return statuses;
    }

    /** Whether deleted runs are shown. */
    public LifecycleView view() {
        return view;
    }

    /** What else must hold. */
    public Optional<RunFilter> filter() {
        return Optional.ofNullable(filter);
    }

    /** The order; after it, newest first, then by id. Runs that lack a key come last, as NaN does. */
    public List<RunOrder> order() {
        return order;
    }

    /** Builds a {@link RunQuery}. Not thread-safe. */
    public static final class Builder {
        private final List<String> experiments = new ArrayList<>();
        private final Set<RunStatus> statuses = EnumSet.noneOf(RunStatus.class);
        private LifecycleView view = LifecycleView.ACTIVE_ONLY;
        private @Nullable RunFilter filter;
        private final List<RunOrder> order = new ArrayList<>();

        private Builder() {}

        /** Adds an experiment to look in, by name. */
        public Builder experiment(String name) {
            experiments.add(name);
            return this;
        }

        /** Adds a status to find. */
        public Builder status(RunStatus status) {
            statuses.add(status);
            return this;
        }

        /** Whether deleted runs are shown; not by default. */
        public Builder view(LifecycleView view) {
            this.view = view;
            return this;
        }

        /** What must hold, in the grammar of {@link RunFilter#parse}. */
        public Builder filter(String filter) {
            return filter(RunFilter.parse(filter));
        }

        /** What must hold. */
        public Builder filter(RunFilter filter) {
            this.filter = filter;
            return this;
        }

        /** Adds an order, such as {@code metrics.accuracy DESC}; at most three. */
        public Builder orderBy(String order) {
            if (this.order.size() == 3) {
                throw new InvalidInputException("order_by", order, "must be at most three");
            }
            this.order.add(RunOrder.parse(order));
            return this;
        }

        /** Makes the query. */
        public RunQuery build() {
            return new RunQuery(this);
        }
    }
}
