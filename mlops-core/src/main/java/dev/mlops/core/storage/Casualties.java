package dev.mlops.core.storage;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.content.Storage.HurtFile;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.PackAudit;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.SegmentRef;
import dev.mlops.core.manifest.StoredManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of which owners cannot be read because of damaged packs. What versions share is looked at once. Confined to
 * one thread.
 */
final class Casualties {
    private static final int MAX_HURT = 1_000;
    private static final int MAX_OWNERS = 10_000;
    private static final int PAGE = 1_000;

    private final StoreContext store;
    private final PackAudit audit;
    private final Manifests manifests;
    /** The hurt files of segments, or one with a null path for a segment that cannot be read. */
    private final Map<Sha256, List<HurtContent>> segments = new HashMap<>();

    private final Map<Sha256, Set<String>> large = new HashMap<>();

    /** A content and the packs that hurt it. */
    private record HurtContent(@Nullable String path, Set<String> packs) {
        boolean isHurtBy(String pack, boolean isWhole) {
            return packs.contains(pack) || (isWhole && packs.contains(PackAudit.UNKNOWN));
        }
    }

    Casualties(StoreContext store, ContentStore content, PackAudit audit) {
        this.store = store;
        this.audit = audit;
        this.manifests = Manifests.uncached(content);
    }

    /**
     * The files that a pack hurts, at most 1,000.
     *
     * @param isWhole true if it is not known which blobs it had
     */
    List<HurtFile> of(String pack, boolean isWhole) {
        List<HurtFile> hurt = new ArrayList<>();
        for (ContentOwner owner :
                store.<List<ContentOwner>>read(tx -> tx.content().ownersOf(pack, MAX_OWNERS))) {
            if (hurt.size() == MAX_HURT) {
                break;
            }
            String id = owner.id();
            switch (owner.kind()) {
                case DATASET_VERSION ->
                    store.<Optional<DatasetVersion>>read(tx -> tx.datasets().findVersionById(id))
                            .ifPresent(version -> add(version, pack, isWhole, hurt));
                case RUN ->
                    store.<Optional<Run>>read(tx -> tx.runs().find(id)).ifPresent(run -> add(run, pack, isWhole, hurt));
                case MODEL_VERSION ->
                    store.<Optional<ModelVersion>>read(tx -> tx.models().findVersionById(id))
                            .ifPresent(version -> add(version, pack, isWhole, hurt));
            }
        }
        return hurt;
    }

    private void add(DatasetVersion version, String pack, boolean isWhole, List<HurtFile> hurt) {
        for (HurtContent content : manifest(version.manifest())) {
            if (hurt.size() < MAX_HURT && content.isHurtBy(pack, isWhole)) {
                hurt.add(new HurtFile(version.reference(), content.path()));
            }
        }
    }

    private List<HurtContent> manifest(Sha256 digest) {
        Set<String> packs = packsHurting(digest);
        if (!packs.isEmpty()) {
            return List.of(new HurtContent(null, packs));
        }
        StoredManifest manifest;
        try {
            manifest = manifests.open(digest);
        } catch (IntegrityException e) {
            return List.of(new HurtContent(null, packsHurting(digest)));
        }
        List<HurtContent> hurt = new ArrayList<>();
        manifest.segments().forEach(ref -> hurt.addAll(segment(manifest, ref)));
        return hurt;
    }

    private List<HurtContent> segment(StoredManifest manifest, SegmentRef ref) {
        List<HurtContent> known = segments.get(ref.sha256());
        if (known == null) {
            known = readSegment(manifest, ref);
            segments.put(ref.sha256(), known);
        }
        return known;
    }

    private List<HurtContent> readSegment(StoredManifest manifest, SegmentRef ref) {
        Set<String> packs = packsHurting(ref.sha256());
        if (!packs.isEmpty()) {
            return List.of(new HurtContent(null, packs));
        }
        List<HurtContent> hurt = new ArrayList<>();
        try {
            for (FileEntry file : manifest.read(ref)) {
                if (file.kind() != FileKind.FOLDER) {
                    add(file.path(), file.sha256(), hurt);
                }
            }
        } catch (IntegrityException e) {
            return List.of(new HurtContent(null, packsHurting(ref.sha256())));
        }
        return hurt;
    }

    private void add(String path, Sha256 content, List<HurtContent> hurt) {
        Set<String> packs = packsHurting(content);
        if (!packs.isEmpty()) {
            hurt.add(new HurtContent(path, packs));
        }
    }

    private Set<String> packsHurting(Sha256 content) {
        Set<String> known = large.get(content);
        if (known == null) {
            known = audit.packsHurting(content);
            if (!known.isEmpty()) {
                large.put(content, known);
            }
        }
        return known;
    }

    private void add(Run run, String pack, boolean isWhole, List<HurtFile> hurt) {
        PageRequest request = PageRequest.first(PAGE);
        while (hurt.size() < MAX_HURT) {
            PageRequest current = request;
            Page<Artifact> page = store.<Page<Artifact>>read(tx -> tx.runs().artifacts(run.id(), "", current));
            for (Artifact artifact : page.items()) {
                add(run.reference(), artifact.path(), artifact.sha256(), pack, isWhole, hurt);
            }
            if (page.nextToken().isEmpty()) {
                return;
            }
            request = new PageRequest(PAGE, page.nextToken().get());
        }
    }

    private void add(ModelVersion version, String pack, boolean isWhole, List<HurtFile> hurt) {
        for (ModelFile file : version.files()) {
            add(version.reference(), file.path(), file.sha256(), pack, isWhole, hurt);
        }
    }

    private void add(String owner, String path, Sha256 content, String pack, boolean isWhole, List<HurtFile> hurt) {
        if (hurt.size() < MAX_HURT && new HurtContent(path, packsHurting(content)).isHurtBy(pack, isWhole)) {
            hurt.add(new HurtFile(owner, path));
        }
    }
}
