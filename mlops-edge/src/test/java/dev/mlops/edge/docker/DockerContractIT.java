package dev.mlops.edge.docker;

import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.testkit.device.DeviceEngineContract;
import org.junit.jupiter.api.Timeout;

/** What every engine keeps, on a real Docker Engine with the real model server in its containers. */
@Timeout(180)
class DockerContractIT extends DeviceEngineContract {
    @Override
    protected DeviceEngine open() {
        return RealEngine.withModelServer();
    }
}
