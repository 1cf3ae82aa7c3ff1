package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Device;
import java.util.Locale;

/** The names that things have on a device's engine. They hold ids, so that several stores can share an engine. */
final class Names {
    private static final int SHOWN = 40;
    private static final int ID_SHOWN = 12;

    private Names() {}

    /** Whose the instances of a device are: its own, as several devices can share an engine. */
    static String owner(Device device) {
        return "mlops-device-" + device.id().toLowerCase(Locale.ROOT);
    }

    /** Unique by the device's id and the number; the rest is for people. At most 128 characters of {@code [\w.-]}. */
    static String instance(Device device, String model, long number) {
        String id = device.id().toLowerCase(Locale.ROOT);
        return "mlops-%s-%s-%d-%s"
                .formatted(
                        shortened(device.name()),
                        shortened(model),
                        number,
                        id.substring(Math.max(0, id.length() - ID_SHOWN)));
    }

    private static String shortened(String name) {
        return name.length() > SHOWN ? name.substring(0, SHOWN) : name;
    }
}
