package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtException;
import com.sun.net.httpserver.HttpServer;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.serving.InferenceHandler;
import dev.mlops.onnx.serving.InferenceServer;
import dev.mlops.onnx.serving.ServedModel;
import dev.mlops.onnx.serving.ServingLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Requests a second of one row each over HTTP, of clients that share the processors with the server: {@code ServingBenchmark
 * [seconds] [model…]}. Prints a table; the rates are medians of three rounds, in which the ways take turns.
 */
public final class ServingBenchmark {
    private static final int ROUNDS = 3;
    private static final int[] CLIENTS = {1, 8, 64};
    private static final List<String> MODELS = List.of("mlp-32-64-10", "mlp-256-1024-16");

    private ServingBenchmark() {}

    /** Measures. */
    public static void main(String[] args) throws Exception {
        Duration time = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 10);
        List<String> models = args.length > 1 ? List.of(args).subList(1, args.length) : MODELS;
        for (String model : models) {
            measure(model, BenchmarkModel.named(model), time, CLIENTS, System.out);
        }
    }

    /** One way of serving: where it listens and what it is sent. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Way(String name, int port, byte[] request, List<List<Double>> rates) {
        static Way of(String name, int port, byte[] request) {
            return new Way(name, port, request, new ArrayList<>());
        }

        double median(int column) {
            List<Double> sorted = rates.get(column).stream().sorted().toList();
            return sorted.get(sorted.size() / 2);
        }
    }

    /** Measures all ways of serving one model, and gives the rates of the last number of clients. */
    static List<Double> measure(String name, BenchmarkModel model, Duration time, int[] clients, PrintStream out)
            throws IOException, OrtException {
        OnnxOptions oneThread = OnnxOptions.builder().intraOpThreads(1).build();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        // Ours first: it creates the environment in a way that bears a long command line.
        try (OnnxModel plain = OnnxModel.load(name, model.bytes(), oneThread);
                DocumentationServer documentation = new DocumentationServer(model);
                BatchingModel batching = BatchingModel.of(plain, BatchOptions.DEFAULT);
                InferenceServer server = InferenceServer.builder()
                        .serve("plain", "1", plain)
                        .serve("batched", "1", batching)
                        .start()) {
            HttpServer jdk = jdkServer(batching, threads);
            List<Way> ways = List.of(
                    Way.of("documentationStyle", documentation.port(), json("plain", model)),
                    Way.of("json", server.port(), json("plain", model)),
                    Way.of("binary", server.port(), binary("plain", model)),
                    Way.of("json, batched", server.port(), json("batched", model)),
                    Way.of("binary, batched", server.port(), binary("batched", model)),
                    Way.of("binary, batched, JDK server", jdk.getAddress().getPort(), binary("batched", model)));
            for (int column = 0; column < clients.length; column++) {
                rounds(ways, clients[column], time);
            }
            jdk.stop(0);
            print(name, ways, clients, out);
            return ways.stream().map(way -> way.median(clients.length - 1)).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    private static HttpServer jdkServer(BatchingModel model, ExecutorService threads) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        List<ServedModel> served = List.of(ServedModel.of("batched", "1", model));
        server.createContext("/v2", new InferenceHandler(served, ServingLimits.DEFAULT, line -> {}));
        server.start();
        return server;
    }

    private static void rounds(List<Way> ways, int clients, Duration time) throws IOException {
        ways.forEach(way -> way.rates.add(new ArrayList<>()));
        for (int round = 0; round < ROUNDS; round++) {
            for (Way way : ways) {
                try (HttpLoad load = HttpLoad.connect(way.port, clients, way.request)) {
                    if (round == 0) {
                        load.run(time);
                    }
                    way.rates.get(way.rates.size() - 1).add(load.run(time));
                }
            }
        }
    }

    private static void print(String name, List<Way> ways, int[] clients, PrintStream out) {
        out.printf("%n%-32s", name);
        for (int count : clients) {
            out.printf("%12d clients    ", count);
        }
        for (Way way : ways) {
            out.printf("%n%-32s", way.name);
            for (int column = 0; column < clients.length; column++) {
                double rate = way.median(column);
                out.printf("%,12.0f/s %6.2fx", rate, rate / ways.get(0).median(column));
            }
        }
        out.println();
    }

    private static byte[] json(String name, BenchmarkModel model) {
        StringBuilder data = new StringBuilder();
        for (float value : model.row(1)) {
            data.append(data.length() == 0 ? "" : ",").append(value);
        }
        String body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":[%s]}]}"
                .formatted(model.inputs(), data);
        return post(name, "", body.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] binary(String name, BenchmarkModel model) {
        ByteBuffer row = ByteBuffer.allocate(model.inputs() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        row.asFloatBuffer().put(model.row(1));
        byte[] head = """
                {"parameters":{"binary_data_output":true},"inputs":[{"name":"x","datatype":"FP32","shape":[1,%d],\
                "parameters":{"binary_data_size":%d}}]}""".formatted(model.inputs(), row.capacity()).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head);
        body.writeBytes(row.array());
        return post(name, "Inference-Header-Content-Length: " + head.length + "\r\n", body.toByteArray());
    }

    private static byte[] post(String name, String header, byte[] body) {
        String head = "POST /v2/models/%s/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(name, body.length, header);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }
}
