package dev.mlops.examples.digits;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.Model;
import org.tribuo.ONNXExportable;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;

/** A trained model that reads digits, as Tribuo holds it. Thread-safe. */
public final class DigitModel {
    /** The key in an ONNX file's metadata that says which label each score is for, with commas between them. */
    public static final String LABELS = "labels";

    private final Model<Label> model;

    DigitModel(Model<Label> model) {
        this.model = model;
    }

    /** The share of digits that it reads rightly, by Tribuo's own arithmetic. */
    public double accuracy(List<Digit> digits) {
        return digits.stream()
                        .filter(digit -> predict(digit).getOutput().getLabel().equals(Integer.toString(digit.label())))
                        .count()
                / (double) digits.size();
    }

    private Prediction<Label> predict(Digit digit) {
        return model.predict(DigitTrainer.example(digit));
    }

    /** The model as an ONNX file that says in its metadata which label each score is for. */
    public byte[] onnx() {
        if (!(model instanceof ONNXExportable exportable)) {
            throw new IllegalStateException(model.getName() + " has no ONNX form");
        }
        ModelProto onnx = exportable.exportONNXModel("dev.mlops.examples", 1);
        StringStringEntryProto labels = StringStringEntryProto.newBuilder()
                .setKey(LABELS)
                .setValue(labels())
                .build();
        return onnx.toBuilder().addMetadataProps(labels).build().toByteArray();
    }

    private String labels() {
        ImmutableOutputInfo<Label> info = model.getOutputIDInfo();
        return IntStream.range(0, info.size())
                .mapToObj(id -> info.getOutput(id).getLabel())
                .collect(Collectors.joining(","));
    }
}
