package dev.mlops.core.access;

import dev.mlops.api.access.AccessControl;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.AssetKind;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.page.Listing;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The grants of one project, over the metadata store. Thread-safe. */
public final class ProjectAccess implements AccessControl {
    private final ProjectContext context;

    /** Makes the view of one caller. */
    public ProjectAccess(ProjectContext context) {
        this.context = context;
    }

    @Override
    public Grant grant(Subject subject, Privilege privilege) {
        return grant(projectAsset(), subject, privilege);
    }

    @Override
    public Grant grant(Asset asset, Subject subject, Privilege privilege) {
        return context.write(tx -> {
            String what = describe(tx, asset);
            context.require(tx, Privilege.ADMIN, asset, what);
            Optional<Grant> existing = tx.grants().find(context.projectId(), asset, subject, privilege);
            if (existing.isPresent()) {
                return existing.get();
            }
            Grant grant = new Grant(
                    context.projectId(),
                    asset,
                    subject,
                    privilege,
                    context.principal().name(),
                    context.now());
            tx.grants().insert(grant);
            context.record(tx, EventKind.GRANTED, asset, what, null, detail(subject, privilege));
            return grant;
        });
    }

    @Override
    public void revoke(Subject subject, Privilege privilege) {
        revoke(projectAsset(), subject, privilege);
    }

    @Override
    public void revoke(Asset asset, Subject subject, Privilege privilege) {
        context.<Boolean>write(tx -> {
            String what = describe(tx, asset);
            context.require(tx, Privilege.ADMIN, asset, what);
            boolean projectAdmin = asset.kind() == AssetKind.PROJECT && privilege == Privilege.ADMIN;
            long admins = projectAdmin ? tx.grants().countAdmins(context.projectId()) : Long.MAX_VALUE;
            if (!tx.grants().delete(context.projectId(), asset, subject, privilege)) {
                throw new NotFoundException("%s has no grant of '%s' on %s".formatted(subject, privilege, what));
            }
            if (admins <= 1) {
                throw new InvalidInputException(
                        "revoked grant", subject, "is the last 'admin' on " + what + "; grant it to another first");
            }
            context.record(tx, EventKind.REVOKED, asset, what, detail(subject, privilege), null);
            return true;
        });
    }

    @Override
    public Listing<Grant> grants() {
        return Listing.of(request -> context.read(tx -> {
            context.requireOnProject(tx, Privilege.ADMIN);
            return tx.grants().list(context.projectId(), request);
        }));
    }

    @Override
    public Set<Privilege> privileges(Asset asset) {
        Set<Privilege> granted =
                context.read(tx -> tx.grants().privileges(context.principal(), context.projectId(), asset));
        EnumSet<Privilege> result = EnumSet.noneOf(Privilege.class);
        for (Privilege privilege : Privilege.values()) {
            if (granted.stream().anyMatch(one -> one.implies(privilege))) {
                result.add(privilege);
            }
        }
        return result;
    }

    private Asset projectAsset() {
        return Asset.project(context.projectId());
    }

    private static Map<String, ?> detail(Subject subject, Privilege privilege) {
        return Map.of("subject", subject, "privilege", privilege);
    }

    /** The asset in words; throws if it is not in this project. */
    private String describe(MetadataTransaction tx, Asset asset) {
        Optional<String> name = switch (asset.kind()) {
            case PROJECT ->
                asset.id().equals(context.projectId())
                        ? Optional.of(context.project().name())
                        : Optional.empty();
            case EXPERIMENT ->
                tx.experiments()
                        .findById(asset.id())
                        .filter(found -> isHere(found.projectId()))
                        .map(found -> found.name());
            case DATASET ->
                tx.datasets()
                        .findById(asset.id())
                        .filter(found -> isHere(found.projectId()))
                        .map(found -> found.name());
            case MODEL ->
                tx.models()
                        .findById(asset.id())
                        .filter(found -> isHere(found.projectId()))
                        .map(found -> found.name());
            case APPLICATION ->
                tx.applications()
                        .findById(asset.id())
                        .filter(found -> isHere(found.projectId()))
                        .map(found -> found.name());
            case DEVICE ->
                tx.devices()
                        .findById(asset.id())
                        .filter(found -> isHere(found.projectId()))
                        .map(found -> found.name());
        };
        String project = "project '" + context.project().name() + "'";
        if (name.isEmpty()) {
            throw context.notFound(asset.kind().label() + " " + asset.id() + " in " + project);
        }
        return asset.kind() == AssetKind.PROJECT
                ? project
                : "%s '%s' in %s".formatted(asset.kind().label(), name.get(), project);
    }

    private boolean isHere(String projectId) {
        return projectId.equals(context.projectId());
    }
}
