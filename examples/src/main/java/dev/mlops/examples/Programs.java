package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.MlopsException;
import dev.mlops.embedded.EmbeddedMlops;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the examples' main methods share. */
final class Programs {
    private Programs() {}

    /** Runs a program that prints, in UTF-8 on every system; what fails on purpose is told in one line. */
    static void run(Consumer<PrintStream> program) {
        Logger.getLogger("").setLevel(Level.WARNING);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try {
            program.accept(out);
        } catch (MlopsException e) {
            out.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Opens a store in the directory that the first argument names, or in a new temporary one.
     *
     * @param out where it says which
     */
    static Mlops open(String[] args, PrintStream out) {
        Path directory = args.length > 0 ? Path.of(args[0]) : temporaryDirectory();
        out.println("kept in " + directory);
        out.println();
        return EmbeddedMlops.open(directory);
    }

    static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("mlops-example-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
