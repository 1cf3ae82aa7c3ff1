package dev.mlops.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Signature;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the bytes are, the reader gives a signature or says that the input is invalid. */
class OnnxSignatureReaderPropertyTest {
    private static final byte[] MODEL = Models.classifier().toByteArray();

    @Property(tries = 2_000)
    void mutatedModelsGiveASignatureOrInvalidInput(@ForAll("mutations") List<Mutation> changes) {
        byte[] bytes = MODEL.clone();
        changes.forEach(change -> bytes[change.index()] = change.value());

        readOrRefuse(bytes);
    }

    @Property(tries = 500)
    void truncatedModelsAreRefused(@ForAll @IntRange(min = 0, max = 2_000) int kept) {
        byte[] bytes = Arrays.copyOf(MODEL, Math.min(kept, MODEL.length - 1));

        Signature signature = readOrRefuse(bytes);

        if (signature != null) {
            // A cut between two top-level fields is a shorter model.
            assertThat(signature.outputs()).hasSize(2);
        }
    }

    @Property(tries = 1_000)
    void arbitraryBytesGiveASignatureOrInvalidInput(@ForAll byte[] bytes) {
        readOrRefuse(bytes);
    }

    @Property(tries = 500)
    void modelsWithBytesPutInOrCutOutGiveASignatureOrInvalidInput(
            @ForAll("indexes") int from, @ForAll("indexes") int to, @ForAll byte[] put) {
        int first = Math.min(from, to);
        int last = Math.max(from, to);
        byte[] bytes = Arrays.copyOf(MODEL, first + put.length + MODEL.length - last);
        System.arraycopy(put, 0, bytes, first, put.length);
        System.arraycopy(MODEL, last, bytes, first + put.length, MODEL.length - last);

        readOrRefuse(bytes);
    }

    @Provide
    Arbitrary<List<Mutation>> mutations() {
        return Combinators.combine(indexes(), Arbitraries.bytes())
                .as(Mutation::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    /** Two of three hit what is not weights. */
    @Provide
    Arbitrary<Integer> indexes() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 80),
                Arbitraries.integers().between(MODEL.length - 200, MODEL.length - 1),
                Arbitraries.integers().between(0, MODEL.length - 1));
    }

    private static Signature readOrRefuse(byte[] bytes) {
        try {
            return OnnxSignatureReader.read("mutated.onnx", new ByteArrayInputStream(bytes));
        } catch (InvalidInputException e) {
            assertThat(e).hasMessageContaining("mutated.onnx");
            return null;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail("neither a signature nor invalid input", e);
        }
    }

    record Mutation(int index, byte value) {}
}
