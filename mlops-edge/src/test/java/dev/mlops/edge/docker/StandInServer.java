package dev.mlops.edge.docker;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs in a container in place of the model server: tells what it may do there. Needs the JDK alone. */
final class StandInServer {
    private StandInServer() {}

    public static void main(String[] arguments) throws IOException {
        List<String> options = List.of(arguments);
        Path model = Path.of(options.get(options.indexOf("--model") + 1));
        int port = Integer.parseInt(options.get(options.indexOf("--port") + 1));
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", port), 0);
        server.createContext("/", exchange -> {
            byte[] answer = answer(exchange.getRequestURI().getPath(), model).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        System.out.println("serving " + String.join(" ", options));
        System.err.println("ready");
    }

    private static String answer(String path, Path model) throws IOException {
        return switch (path) {
            case "/model" -> Files.readString(model);
            case "/user" -> Files.readAllLines(Path.of("/proc/self/status")).toString();
            case "/environment" -> System.getenv().toString();
            case "/writable" ->
                "models=%s root=%s tmp=%s"
                        .formatted(
                                isWritable(model.resolveSibling("x")),
                                isWritable(Path.of("/x")),
                                isWritable(Path.of("/tmp/x")));
            case "/crash" -> {
                Runtime.getRuntime().halt(7);
                yield "";
            }
            default -> "ready";
        };
    }

    private static boolean isWritable(Path file) {
        try {
            Files.writeString(file, "x");
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
