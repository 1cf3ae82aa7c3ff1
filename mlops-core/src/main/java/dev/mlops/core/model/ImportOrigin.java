package dev.mlops.core.model;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The run and the data set versions that a version is made from; the caller must be able to read them. */
final class ImportOrigin {
    private final ProjectContext context;
    private final ImportSource source;
    private final ImportOptions options;
    private final @Nullable String runId;

    ImportOrigin(ProjectContext context, ImportSource source, ImportOptions options) {
        this.context = context;
        this.source = source;
        this.options = options;
        this.runId = runId(source, options);
    }

    private static @Nullable String runId(ImportSource source, ImportOptions options) {
        String said = options.runId().orElse(null);
        if (!(source instanceof ImportSource.RunArtifact artifact)) {
            return said;
        }
        if (said != null && !said.equals(artifact.runId())) {
            throw new InvalidInputException("run", said, "is not that of the artifacts, run:" + artifact.runId());
        }
        return artifact.runId();
    }

    /** The run's id, or null if it is not known. */
    @Nullable
    String runId() {
        return runId;
    }

    /** Keeps the run from being deleted or purged by others until the end of the transaction. */
    void lock(MetadataTransaction tx) {
        if (runId != null) {
            tx.runs().lock(runId);
        }
    }

    /** Checks all and gives the ids of the data set versions: those of the run, then those of the options. */
    List<String> datasetVersionIds(MetadataTransaction tx) {
        Set<String> ids = new LinkedHashSet<>();
        if (runId != null) {
            requireRun(tx, runId);
            tx.runs().datasetUses(runId).stream()
                    .map(DatasetUse::datasetVersionId)
                    .forEach(ids::add);
        }
        for (DatasetVersion version : options.datasets()) {
            ids.add(requireDataset(tx, version));
        }
        return List.copyOf(ids);
    }

    private void requireRun(MetadataTransaction tx, String id) {
        Run run = tx.runs().find(id).orElseThrow(() -> context.notFound("run:" + id));
        context.require(tx, Privilege.READ, run.projectId(), Asset.experiment(run.experimentId()), "run:" + id);
        if (run.lifecycle() == Lifecycle.DELETED) {
            throw new ConflictException("run:%s (%s) is deleted; restore it first".formatted(id, run.name()));
        }
    }

    private String requireDataset(MetadataTransaction tx, DatasetVersion version) {
        String words = "data set version " + version.reference();
        DatasetVersion stored = tx.datasets().findVersionById(version.id()).orElseThrow(() -> context.notFound(words));
        context.require(tx, Privilege.READ, stored.projectId(), Asset.dataset(stored.datasetId()), words);
        return stored.id();
    }

    /** The artifacts that the source names, as files of the version; empty if it names none of a run. */
    List<ModelFile> artifacts(MetadataTransaction tx, ImportLimits limits) {
        if (!(source instanceof ImportSource.RunArtifact wanted)) {
            return List.of();
        }
        List<Artifact> found = tx.runs()
                .findArtifact(wanted.runId(), wanted.path())
                .map(List::of)
                .orElseGet(() -> artifactsBelow(tx, wanted, limits));
        if (found.isEmpty()) {
            throw new InvalidInputException("artifact", wanted.path(), "is not one of run:" + wanted.runId());
        }
        FilePaths paths = new FilePaths("artifact", limits.files());
        return found.stream()
                .map(one -> new ModelFile(paths.add(pathInVersion(wanted.path(), one)), one.size(), one.sha256()))
                .toList();
    }

    private static List<Artifact> artifactsBelow(
            MetadataTransaction tx, ImportSource.RunArtifact wanted, ImportLimits limits) {
        List<Artifact> found = new ArrayList<>();
        PageRequest request = PageRequest.first(1_000);
        for (boolean more = true; more && found.size() <= limits.files(); ) {
            Page<Artifact> page = tx.runs().artifacts(wanted.runId(), wanted.path(), request);
            found.addAll(page.items());
            more = page.nextToken().isPresent();
            request = new PageRequest(1_000, page.nextToken().orElse(null));
        }
        return found;
    }

    private static String pathInVersion(String wanted, Artifact artifact) {
        String path = artifact.path();
        if (path.equals(wanted)) {
            return path.substring(path.lastIndexOf('/') + 1);
        }
        return wanted.isEmpty() ? path : path.substring(wanted.length() + 1);
    }
}
