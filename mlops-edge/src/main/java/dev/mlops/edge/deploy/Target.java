package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Device;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.device.DeviceEngine;
import java.util.function.Consumer;
import java.util.function.Function;

/** A device with the engine that reaches it; notes when it cannot be reached. */
final class Target {
    private final Device device;
    private final DeviceEngine engine;
    private final Devices devices;

    Target(Device device, DeviceEngine engine, Devices devices) {
        this.device = device;
        this.engine = engine;
        this.devices = devices;
    }

    Device device() {
        return device;
    }

    /** The engine, for calls whose failures need not be the device's. */
    DeviceEngine engine() {
        return engine;
    }

    String owner() {
        return Names.owner(device);
    }

    <T> T ask(Function<DeviceEngine, T> call) {
        try {
            return call.apply(engine);
        } catch (UnavailableException e) {
            devices.notReached(device, e);
            throw e;
        }
    }

    void tell(Consumer<DeviceEngine> call) {
        ask(reached -> {
            call.accept(reached);
            return true;
        });
    }

    void reached() {
        devices.reached(device);
    }
}
