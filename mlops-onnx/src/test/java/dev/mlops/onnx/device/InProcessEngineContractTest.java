package dev.mlops.onnx.device;

import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.testkit.device.DeviceEngineContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class InProcessEngineContractTest extends DeviceEngineContract {
    @TempDir
    Path directory;

    @Override
    protected DeviceEngine open() {
        return InProcessEngine.open(directory.resolve("device"));
    }
}
