package dev.mlops.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.embedded.EmbeddedMlops;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnModelTest {
    @TempDir
    private Path work;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private Mlops mlops;
    private Path file;

    @BeforeEach
    void open() {
        mlops = EmbeddedMlops.open(work.resolve("store"));
        file = TinyModel.write(work.resolve("my model.v2.onnx"), 0.5f);
    }

    @AfterEach
    void close() {
        mlops.close();
    }

    @Test
    void registersAndRunsWithZerosWhenNothingIsGiven() {
        OwnModel.Outcome outcome = run(file);

        assertThat(outcome.version().reference()).isEqualTo("own/my-model-v2:1");
        assertThat(outcome.inputs().get("x")).hasToString("FLOAT[1,3]");
        assertThat(outcome.result().floats("y")).containsExactly(0.5f, 0.5f, 0.5f);
        assertThat(text.toString(StandardCharsets.UTF_8))
                .contains(
                        "own/my-model-v2:1 is registered", "(x: FLOAT[batch,3], factor: FLOAT[])", "y: FLOAT[1,3] 0.5");
    }

    @Test
    void fillsAnOpenDimensionWithWhatIsGiven() {
        OwnModel.Outcome outcome = run(file, "x=1,2,3,4,5,6", "factor=2");

        assertThat(outcome.inputs().get("x")).hasToString("FLOAT[2,3]");
        assertThat(outcome.result().floats("y")).containsExactly(2.5f, 4.5f, 6.5f, 8.5f, 10.5f, 12.5f);
    }

    @Test
    void makesANewVersionEachTime() {
        run(file);

        assertThat(run(file).version().version()).isEqualTo("2");
    }

    @Test
    void refusesValuesThatDoNotFillTheShape() {
        assertThatThrownBy(() -> run(file, "x=1,2,3,4"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("4 values, which do not fill x: FLOAT[batch,3]");
    }

    @Test
    void refusesAValueOfAnotherType() {
        assertThatThrownBy(() -> run(file, "x=1,2,three"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("three")
                .hasMessageContaining("must be FLOAT");
    }

    @Test
    void refusesAnInputThatTheModelDoesNotHave() {
        assertThatThrownBy(() -> run(file, "z=1"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'z': is none of the model's inputs [x, factor]");
    }

    @Test
    void refusesAnInputWithoutAName() {
        assertThatThrownBy(() -> run(file, "1,2,3")).hasMessageContaining("must be name=value,value…");
    }

    @Test
    void refusesFilesThatAreNoWholeModel() throws IOException {
        Path text = Files.writeString(work.resolve("text.onnx"), "not a model");
        Path empty = Files.createFile(work.resolve("empty.onnx"));
        byte[] whole = TinyModel.bytes(0);
        Path truncated = Files.write(work.resolve("truncated.onnx"), Arrays.copyOf(whole, whole.length - 20));

        for (Path bad : List.of(text, empty, truncated, work.resolve("absent.onnx"))) {
            assertThatThrownBy(() -> run(bad))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(bad.getFileName().toString());
        }
        assertThat(mlops.projects().open("own").models().list().stream()
                        .flatMap(model -> mlops.projects().open("own").models().versions(model.name()).stream()))
                .isEmpty();
    }

    @Test
    void refusesAFileWithAnotherEnding() throws IOException {
        Path other = Files.copy(file, work.resolve("model.pb"));

        assertThatThrownBy(() -> run(other))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("model.pb")
                .hasMessageContaining("must end in .onnx");
    }

    private OwnModel.Outcome run(Path model, String... inputs) {
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        return OwnModel.run(mlops, model, InputValues.parse(List.of(inputs)), work, out);
    }
}
