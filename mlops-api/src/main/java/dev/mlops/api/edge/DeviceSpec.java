package dev.mlops.api.edge;

import dev.mlops.api.name.ResourceName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new device should be. Immutable. */
public final class DeviceSpec {
    private final String name;
    private final @Nullable String engine;
    private final String description;
    private final Map<String, String> labels;

    private DeviceSpec(Builder builder) {
        name = builder.name;
        engine = builder.engine;
        description = builder.description;
        labels = Map.copyOf(builder.labels);
    }

    /** A device with this name, reached by the deployer's default engine. */
    public static DeviceSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for a device with this name: 1 to 64 characters of {@code [A-Za-z0-9_-]}. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The name of the engine; when empty, the deployer's default. */
    public Optional<String> engine() {
        return Optional.ofNullable(engine);
    }

    /** Free text, may be empty. */
    public String description() {
        return description;
    }

    /** Key-value pairs of the user. */
    public Map<String, String> labels() {
        return labels;
    }

    /** Builds a {@link DeviceSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private @Nullable String engine;
        private String description = "";
        private final Map<String, String> labels = new LinkedHashMap<>();

        private Builder(String name) {
            this.name = ResourceName.check("device name", name);
        }

        /** The name of the engine that reaches it; the deployer's default one by default. */
        public Builder engine(String engine) {
            this.engine = ResourceName.check("engine name", engine);
            return this;
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("device description", description, 4096);
            return this;
        }

        /** Adds a key-value pair; the value has at most 8,000 characters. */
        public Builder label(String key, String value) {
            labels.put(ResourceName.checkKey("label key", key), ResourceName.checkText("label " + key, value, 8000));
            return this;
        }

        /** Makes the spec. */
        public DeviceSpec build() {
            return new DeviceSpec(this);
        }
    }
}
