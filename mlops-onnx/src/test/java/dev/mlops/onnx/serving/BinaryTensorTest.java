package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BinaryTensorTest {
    static Stream<Arguments> tensorsAndTheirBytes() {
        return Stream.of(
                Arguments.of(Tensor.booleans(new boolean[] {true, false}, 2), "0100"),
                Arguments.of(Tensor.bytes(new byte[] {-1, 2}, 2), "ff02"),
                Arguments.of(Tensor.unsignedBytes(new byte[] {-1, 2}, 2), "ff02"),
                Arguments.of(Tensor.shorts(new short[] {-2, 1}, 2), "feff0100"),
                Arguments.of(Tensor.unsignedShorts(new short[] {-2, 1}, 2), "feff0100"),
                Arguments.of(Tensor.ints(new int[] {-2}, 1), "feffffff"),
                Arguments.of(Tensor.unsignedInts(new int[] {-2}, 1), "feffffff"),
                Arguments.of(Tensor.longs(new long[] {-2}, 1), "feffffffffffffff"),
                Arguments.of(Tensor.unsignedLongs(new long[] {-2}, 1), "feffffffffffffff"),
                Arguments.of(Tensor.float16(new float[] {1.5f, -2}, 2), "003e00c0"),
                Arguments.of(Tensor.bfloat16(new float[] {1.5f, -2}, 2), "c03f00c0"),
                Arguments.of(Tensor.floats(new float[] {1.5f, Float.NaN}, 1, 2), "0000c03f0000c07f"),
                Arguments.of(Tensor.doubles(new double[] {1.5}), "000000000000f83f"),
                Arguments.of(Tensor.strings(new String[] {"ü", "", "𝄞"}, 3), "02000000c3bc0000000004000000f09d849e"),
                Arguments.of(Tensor.float8(ElementType.FLOAT8E5M2, new float[] {1, -2}, 2), "3cc0"),
                Arguments.of(Tensor.int4(new byte[] {-1, 2, 7}, 3), "2f07"),
                Arguments.of(Tensor.uint4(new byte[] {15, 2}, 2), "2f"),
                Arguments.of(Tensor.packed(ElementType.FLOAT4E2M1, new byte[] {0x42}, 2), "42"),
                Arguments.of(Tensor.floats(new float[0], 0, 4), ""));
    }

    @ParameterizedTest
    @MethodSource("tensorsAndTheirBytes")
    void isWrittenAndReadInLittleEndianOrder(Tensor tensor, String hex) throws ProtocolException {
        assertThat(HexFormat.of().formatHex(BinaryTensor.write(tensor))).isEqualTo(hex);
        assertThat(read(tensor.elementType(), hex, tensor.shape())).isEqualTo(tensor);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT, 0000c0, 'is 3, but the shape asks for 4 bytes'",
        "FLOAT, '', 'is 0, but the shape asks for 4'",
        "DOUBLE, 0000c03f, 'is 4, but the shape asks for 8'",
        "BOOL, 02, 'a BOOL is 0 or 1'",
        "BOOL, 0101, 'is 2, but'",
        "STRING, 0000, 'too small'",
        "STRING, 02000000c3, 'ends in the middle of element 0'",
        "STRING, ffffffff, 'ends in the middle of element 0'",
        "STRING, ffffff7f00, 'ends in the middle of element 0'",
        "STRING, 01000000ff, 'element 0 is no UTF-8'",
        "STRING, 010000006100, '1 bytes more'",
        "UINT4, 0000, 'is 2, but the shape asks for 1 bytes'",
        "COMPLEX64, 0000000000000000, 'COMPLEX64 is not supported'"
    })
    void refusesWhatDoesNotFit(ElementType type, String hex, String message) {
        assertThatThrownBy(() -> read(type, hex, 1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "UINT64, 18446744073709551615, UINT64[1]",
        "UINT32, 4294967295, UINT32[1]",
        "UINT16, 65535, UINT16[1]",
        "INT16, -32768, INT16[1]",
        "INT8, -128, INT8[1]",
        "INT4, -8, INT4[1]",
        "UINT4, 15, UINT4[1]"
    })
    void wholeNumbersOfEachWidthAreReadFromJson(String datatype, String value, String shown) throws Exception {
        Tensor tensor = inputOf(datatype, value);

        assertThat(tensor).hasToString(shown);
        String text = JsonText.object(out -> JsonTensor.writeData(out, tensor)).toString(StandardCharsets.UTF_8);
        assertThat(text).isEqualTo("{\"data\":[" + value + "]}");
    }

    @ParameterizedTest
    @CsvSource({
        "UINT64, 18446744073709551616",
        "UINT64, -1",
        "UINT64, 0.5",
        "UINT32, 4294967296",
        "UINT16, -1",
        "INT4, 8",
        "UINT4, -1",
        "FP16, 1",
        "BF16, 1",
        "FP8E4M3FN, 1",
        "FP4E2M1, 1"
    })
    void numbersOutOfRangeAndDatatypesWithoutJsonAreRefused(String datatype, String value) {
        assertThatThrownBy(() -> inputOf(datatype, value))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("inputs[0].data");
    }

    @Test
    void floatsAreReadToTheNearest() throws Exception {
        // A little more than halfway between two floats, which a double in between would round to halfway, and then
        // down.
        String text = "1.00000005960464477539062500001";

        assertThat(inputOf("FP32", text).floats()).containsExactly(Math.nextUp(1f));
        assertThat((float) Double.parseDouble(text)).isEqualTo(1f);
    }

    @Test
    void fourBitFloatsAreNumbersInJson() {
        Tensor tensor = Tensor.packed(ElementType.FLOAT4E2M1, new byte[] {0x42}, 2);

        assertThat(JsonText.object(out -> JsonTensor.writeData(out, tensor)).toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"data\":[1.0,2.0]}");
    }

    @Test
    void moreElementsOfFourBitsThanBytesAreTaken() throws Exception {
        String json = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"UINT4\",\"shape\":[1000],"
                + "\"parameters\":{\"binary_data_size\":500}}]}";
        byte[] body = Arrays.copyOf(json.getBytes(StandardCharsets.UTF_8), json.length() + 500);

        InferRequest request =
                InferRequestReader.read(new RequestBody(body, body.length, Integer.toString(json.length())));

        assertThat(request.inputs().get("x").size()).isEqualTo(1000);
    }

    private static Tensor read(ElementType type, String hex, long... shape) throws ProtocolException {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
        int count = (int) Arrays.stream(shape).reduce(1, (one, other) -> one * other);
        return BinaryTensor.read("size", type, shape, count, bytes);
    }

    private static Tensor inputOf(String datatype, String value) throws ProtocolException {
        byte[] body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":[1],\"data\":[%s]}]}"
                .formatted(datatype, value)
                .getBytes(StandardCharsets.UTF_8);
        return InferRequestReader.read(new RequestBody(body, body.length, null))
                .inputs()
                .get("x");
    }
}
