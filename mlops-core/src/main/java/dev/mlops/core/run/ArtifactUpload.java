package dev.mlops.core.run;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.file.ReadFailures;
import dev.mlops.core.source.DirectoryWalk;
import dev.mlops.core.source.SourceFile;
import dev.mlops.core.source.WalkOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Stores artifacts of one run: first their bytes, then, in one transaction, that they are there. Thread-safe. */
final class ArtifactUpload {
    private final ProjectContext context;
    private final RunGuard guard;
    private final RunEvents events;
    private final String runId;

    ArtifactUpload(ProjectContext context, String runId) {
        this.context = context;
        this.guard = new RunGuard(context);
        this.events = new RunEvents(context);
        this.runId = runId;
    }

    void upload(String path, Path source, ProgressListener progress, Cancellation cancellation) {
        checkTarget(path);
        Iterator<? extends ContentSource> sources = Files.isDirectory(source)
                ? new DirectoryWalk("artifact directory", source, WalkOptions.filesOnly(path + "/"))
                : List.of(fileSource(path, source)).iterator();
        uploadAll(path, sources, progress, cancellation);
    }

    void upload(String path, InputStream bytes) {
        checkTarget(path);
        SourceFile source = SourceFile.ofStream(path, bytes);
        try (ContentWriter content = context.content().writer(new Cancellation())) {
            Stored stored = content.put(source);
            show(List.of(artifact(source, stored)), path, content);
        }
    }

    /** Checked again when the artifact is made visible; here so that nobody uploads gigabytes in vain. */
    private void checkTarget(String path) {
        RelativePath.check("artifact path", path);
        context.read(tx -> guard.checkWritable(tx, guard.run(tx, runId, Privilege.EDIT)));
    }

    private static SourceFile fileSource(String path, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(
                    "artifact file",
                    file,
                    Files.exists(file) ? "is neither a regular file nor a directory" : "does not exist");
        }
        try {
            Path real = file.toRealPath();
            return SourceFile.ofFile(path, real);
        } catch (IOException e) {
            throw ReadFailures.of("cannot read artifact file " + file, e);
        }
    }

    private void uploadAll(
            String path,
            Iterator<? extends ContentSource> sources,
            ProgressListener progress,
            Cancellation cancellation) {
        List<Artifact> artifacts = new ArrayList<>();
        try (ContentWriter content = context.content().writer(cancellation)) {
            content.putAll(
                    sources,
                    (source, stored) -> artifacts.add(artifact((SourceFile) source, stored)),
                    progress,
                    cancellation);
            if (artifacts.isEmpty()) {
                throw new InvalidInputException("artifact directory for " + path, "", "holds no files");
            }
            show(artifacts, path, content);
        }
    }

    private Artifact artifact(SourceFile source, Stored stored) {
        String path = RelativePath.check("artifact path", source.name());
        return new Artifact(path, stored.size(), stored.digest(), source.mediaType(), context.now());
    }

    private void show(List<Artifact> artifacts, String path, ContentWriter content) {
        content.flush();
        long bytes = artifacts.stream().mapToLong(Artifact::size).sum();
        context.write(tx -> {
            Run run = guard.writable(tx, runId);
            artifacts.forEach(artifact -> tx.runs().putArtifact(runId, artifact));
            content.use(tx, new ContentOwner(ContentOwner.Kind.RUN, runId));
            Map<String, ?> after = Map.of("artifact", path, "files", artifacts.size(), "bytes", bytes);
            events.record(tx, EventKind.UPDATED, run, null, after);
            return run;
        });
    }
}
