package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.PublishPreview;
import dev.mlops.api.name.ResourceName;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.manifest.ManifestDiff;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.source.EntrySort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes versions: stores the files, then their manifest, and then makes the version visible in one transaction. Until
 * that commits there is nothing but content that nobody refers to. Thread-safe.
 */
final class Publisher {
    private final ProjectContext context;
    private final VersionCommit commits;

    Publisher(ProjectContext context) {
        this.context = context;
        this.commits = new VersionCommit(context);
    }

    /**
     * Publishes files.
     *
     * @param source where they come from; only opened if they are needed
     */
    DatasetVersion publish(String name, PublishSource source, PublishOptions options) {
        ResourceName.check("data set name", name);
        VersionCommit.Begun begun = commits.begin(name, source.words(), options);
        if (begun.made().isPresent()) {
            return begun.made().get();
        }
        try (FilesToPublish files = open(name, source, options);
                ContentWriter content = context.content().writer(options.cancellation())) {
            DatasetVersion base = begun.base();
            if (base != null && isSound() && files.areThoseOf(base)) {
                return commits.commit(begun, Draft.of(base), List.of(base), content);
            }
            Draft draft = new DraftFiles(
                            options,
                            context.content(),
                            parent(base),
                            workplace().staging())
                    .store(content, files);
            DatasetVersion version = commits.commit(begun, draft, List.of(), content);
            files.published(draft);
            return version;
        }
    }

    /** Where there is damage, files are looked up one by one, as putting them again is what mends it. */
    private boolean isSound() {
        return context.read(tx -> tx.content().damage().isEmpty());
    }

    private Workplace workplace() {
        return context.store().workplace();
    }

    private FilesToPublish open(String name, PublishSource source, PublishOptions options) {
        return FilesToPublish.open(source, context.projectId() + "/" + name, options, workplace());
    }

    /** What is known from the version that the files are a change of. */
    private ParentVersion parent(@Nullable DatasetVersion base) {
        Manifests manifests = context.store().manifests();
        return base == null ? new ParentVersion(manifests.empty(), List.of()) : ParentVersion.of(base, manifests);
    }

    /** What publishing files would do. */
    PublishPreview preview(String name, PublishSource source, PublishOptions options) {
        ResourceName.check("data set name", name);
        VersionCommit.Begun begun = commits.begin(name, source.words(), options);
        try (FilesToPublish files = open(name, source, options);
                EntrySort sort = new EntrySort(workplace().staging())) {
            files.store(FileIntake.comparing(context.content()), taken -> sort.add(taken.entry()));
            DatasetDiff diff = ManifestDiff.between(parent(begun.base()).manifest(), sort.sorted());
            return new PublishPreview(files.files(), files.bytes(), diff, files.newBytes());
        }
    }
}
