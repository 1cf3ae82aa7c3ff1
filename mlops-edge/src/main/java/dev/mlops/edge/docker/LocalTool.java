package dev.mlops.edge.docker;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program of this machine to its end. */
final class LocalTool {
    private LocalTool() {}

    /** What the program printed; fails if it ends with anything but 0. */
    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new UnavailableException("%s ended with %d: %s".formatted(command, code, output.strip()));
            }
            return output;
        } catch (IOException e) {
            throw new UnavailableException("%s cannot be run: %s".formatted(command.get(0), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException(command.get(0) + " was interrupted", e);
        }
    }
}
