package dev.mlops.core.onnx;

import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads ModelProto, GraphProto and what they hold; field numbers are those of {@code onnx.proto3}. */
final class ModelParser {
    private final WireReader wire;
    private final ValueParser values;
    private final List<ValueSpec> inputs = new ArrayList<>();
    private final List<ValueSpec> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();
    private final Map<String, Long> opsets = new HashMap<>();
    private final Map<String, String> metadata = new HashMap<>();

    private String producer = "";
    private String producerVersion = "";
    private long irVersion;
    private boolean empty = true;
    private boolean hasGraph;

    ModelParser(WireReader wire) {
        this.wire = wire;
        this.values = new ValueParser(wire);
    }

    Signature parse() throws IOException, MalformedModelException {
        while (wire.next()) {
            empty = false;
            modelField();
        }
        check();
        inputs.removeIf(input -> initializers.contains(input.name()));
        return new Signature(inputs, outputs, (producer + " " + producerVersion).strip(), opsets, metadata);
    }

    private void modelField() throws IOException, MalformedModelException {
        switch (wire.field()) {
            case 1 -> irVersion = wire.varint();
            case 2 -> producer = wire.text();
            case 3 -> producerVersion = wire.text();
            case 7 -> graph();
            case 8 -> wire.message(this::opset);
            case 14 -> wire.message(this::metadataEntry);
            default -> wire.skip();
        }
    }

    private void check() throws MalformedModelException {
        if (empty) {
            throw new MalformedModelException("is empty");
        }
        if (irVersion <= 0 || !hasGraph) {
            throw new MalformedModelException("is no ONNX model: has no " + (hasGraph ? "IR version" : "graph"));
        }
        checkNames("input", inputs);
        checkNames("output", outputs);
    }

    private static void checkNames(String what, List<ValueSpec> specs) throws MalformedModelException {
        Set<String> names = new HashSet<>();
        for (ValueSpec spec : specs) {
            if (spec.name().isEmpty()) {
                throw new MalformedModelException("has an " + what + " without a name");
            }
            if (!names.add(spec.name())) {
                throw new MalformedModelException("has two " + what + "s named '" + spec.name() + "'");
            }
        }
    }

    private void graph() throws IOException, MalformedModelException {
        hasGraph = true;
        wire.message(() -> {
            while (wire.next()) {
                graphField();
            }
        });
    }

    private void graphField() throws IOException, MalformedModelException {
        switch (wire.field()) {
            case 5 -> wire.message(this::initializer);
            case 11 -> wire.message(() -> inputs.add(values.value()));
            case 12 -> wire.message(() -> outputs.add(values.value()));
            case 15 -> wire.message(this::sparseInitializer);
            default -> wire.skip();
        }
    }

    private void initializer() throws IOException, MalformedModelException {
        while (wire.next()) {
            if (wire.field() == 8) {
                initializers.add(wire.text());
            } else {
                wire.skip();
            }
        }
    }

    private void sparseInitializer() throws IOException, MalformedModelException {
        while (wire.next()) {
            if (wire.field() == 1) {
                wire.message(this::initializer);
            } else {
                wire.skip();
            }
        }
    }

    private void opset() throws IOException, MalformedModelException {
        String domain = "";
        long version = 0;
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> domain = wire.text();
                case 2 -> version = wire.varint();
                default -> wire.skip();
            }
        }
        opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
    }

    private void metadataEntry() throws IOException, MalformedModelException {
        String key = "";
        String value = "";
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> key = wire.text();
                case 2 -> value = wire.text();
                default -> wire.skip();
            }
        }
        metadata.put(key, value);
    }
}
