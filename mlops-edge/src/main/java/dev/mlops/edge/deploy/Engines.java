package dev.mlops.edge.deploy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.DeviceEngine;
import java.util.Map;

/** The engines that a deployer was given, by name. */
record Engines(String defaultName, Map<String, DeviceEngine> byName) {
    Engines {
        byName = Map.copyOf(byName);
    }

    /** The engine for a new device. */
    DeviceEngine chosen(String name) {
        DeviceEngine engine = byName.get(name);
        if (engine == null) {
            throw new InvalidInputException("engine", name, "is none of " + byName.keySet());
        }
        return engine;
    }

    /** The engine of a device that was registered before, perhaps by a deployer with other engines. */
    DeviceEngine reaching(String device, String name) {
        DeviceEngine engine = byName.get(name);
        if (engine == null) {
            throw new UnavailableException(
                    "device '%s' is reached by the engine '%s', which this deployer was not given (it has %s)"
                            .formatted(device, name, byName.keySet()));
        }
        return engine;
    }
}
