package dev.mlops.edge.docker;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;

/** A program that sends a model to an engine; a test kills it in the middle, or runs it with a small heap. */
final class SlowTransfer {
    private static final int BLOCK = 1 << 20;

    private SlowTransfer() {}

    /** Arguments: engine, image, seed, bytes, pause in milliseconds after each mebibyte. */
    public static void main(String[] arguments) {
        ModelArtifact artifact = artifact(arguments[2], Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
        try (DockerEngine engine = DockerEngine.builder(URI.create(arguments[0]))
                .runtimeImage(arguments[1])
                .build()) {
            engine.ensureArtifact(artifact, progress -> System.out.println(progress.doneBytes()), new Cancellation());
        }
        System.out.println("done");
    }

    /** A model whose bytes depend on the seed, made as they are read. */
    static ModelArtifact artifact(String seed, long length, long pauseMillis) {
        ObjectBody body = new Generated(seed.hashCode(), length, pauseMillis);
        Sha256 digest = digestOf(new Generated(seed.hashCode(), length, 0));
        return new ModelArtifact(
                Sha256.of((seed + length).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                List.of(new ModelArtifact.File("model.onnx", digest, body)));
    }

    private static Sha256 digestOf(ObjectBody body) {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = body.open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Sha256.ofDigest(digest.digest());
    }

    private record Generated(int seed, long length, long pauseMillis) implements ObjectBody {
        @Override
        public InputStream open() {
            return new FilterInputStream(InputStream.nullInputStream()) {
                private long position;

                @Override
                public int read() {
                    return position >= length ? -1 : (int) ((position++ * 31 + seed) & 0xff);
                }

                @Override
                public int read(byte[] bytes, int offset, int count) throws IOException {
                    if (position >= length) {
                        return -1;
                    }
                    int now = (int) Math.min(count, length - position);
                    for (int i = 0; i < now; i++) {
                        bytes[offset + i] = (byte) ((position + i) * 31 + seed);
                    }
                    if (position / BLOCK != (position + now) / BLOCK) {
                        pause();
                    }
                    position += now;
                    return now;
                }
            };
        }

        private void pause() throws IOException {
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
