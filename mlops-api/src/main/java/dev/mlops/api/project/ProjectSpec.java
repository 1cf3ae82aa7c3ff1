package dev.mlops.api.project;

import dev.mlops.api.access.Visibility;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new project should be. Immutable. */
public final class ProjectSpec {
    private final String name;
    private final Visibility visibility;
    private final String description;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ProjectSpec(Builder builder) {
        name = builder.name;
        visibility = builder.visibility;
        description = builder.description;
        idempotencyKey = builder.idempotencyKey;
    }

    /** A private project with this name. */
    public static ProjectSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for a project with this name: 1 to 64 characters of {@code [A-Za-z0-9_-]}. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** Who may read it without a grant. */
    public Visibility visibility() {
        return visibility;
    }

    /** Free text, may be empty. */
    public String description() {
        return description;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds a {@link ProjectSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private Visibility visibility = Visibility.PRIVATE;
        private String description = "";
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String name) {
            this.name = ResourceName.check("project name", name);
        }

        /** Who may read it without a grant; {@link Visibility#PRIVATE} by default. */
        public Builder visibility(Visibility visibility) {
            this.visibility = visibility;
            return this;
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("project description", description, 4096);
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public ProjectSpec build() {
            return new ProjectSpec(this);
        }
    }
}
