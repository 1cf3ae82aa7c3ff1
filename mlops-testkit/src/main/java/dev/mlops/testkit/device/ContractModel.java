package dev.mlops.testkit.device;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The smallest useful ONNX model, {@code y = Relu(x)} with {@code x: FLOAT[batch,4]} and {@code y: FLOAT[batch,4]}, and
 * artifacts made of it.
 */
public final class ContractModel {
    /** The path of the model inside each artifact. */
    public static final String FILE = "model.onnx";

    private static final byte[] RELU = Base64.getDecoder()
            .decode("CAgSDW1sb3BzLXRlc3RraXQ6SAoMCgF4EgF5IgRSZWx1EgRyZWx1WhgKAXgSEwoRCAESDQoHEgViYXRjaAoC"
                    + "CARiGAoBeRITChEIARINCgcSBWJhdGNoCgIIBEIECgAQDQ==");

    private ContractModel() {}

    /** The bytes of the model, IR version 8, opset 13. */
    public static byte[] bytes() {
        return RELU.clone();
    }

    /** An artifact with the model and a second file in a folder, whose {@code text} makes its digest unique. */
    public static ModelArtifact artifact(String text) {
        return artifact(RELU, text);
    }

    /** The same with other bytes in place of the model. */
    public static ModelArtifact artifact(byte[] model, String text) {
        return of(file(FILE, model), file("docs/labels.txt", text.getBytes(StandardCharsets.UTF_8)));
    }

    /** An artifact of some files; its digest is that of their paths and digests. */
    public static ModelArtifact of(ModelArtifact.File... files) {
        List<String> lines = new ArrayList<>();
        for (ModelArtifact.File file : files) {
            lines.add(file.sha256() + " " + file.path());
        }
        byte[] manifest = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return new ModelArtifact(Sha256.of(manifest), List.of(files));
    }

    /** A file whose digest is right. */
    public static ModelArtifact.File file(String path, byte[] bytes) {
        return new ModelArtifact.File(path, Sha256.of(bytes), ObjectBody.of(bytes));
    }
}
