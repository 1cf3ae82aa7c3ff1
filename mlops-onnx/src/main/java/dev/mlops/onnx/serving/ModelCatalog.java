package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models that are served now. Thread-safe; looking one up takes no lock. */
final class ModelCatalog {
    private static final Comparator<ServedModel> BY_VERSION =
            Comparator.comparing(ServedModel::version, VersionOrder.INSTANCE);

    private final Object changing = new Object();
    /** By name, lists that are not empty, the lowest version first. */
    private volatile Map<String, List<ServedModel>> models = Map.of();

    /** Adds a version; refuses one that is there. */
    void add(ServedModel added) {
        synchronized (changing) {
            if (versions(added.name()).stream().anyMatch(each -> each.version().equals(added.version()))) {
                throw new InvalidInputException("model", added, "is served twice");
            }
            put(added);
        }
    }

    /** Adds a version, or replaces it. A preferred one is the only one of its name. */
    void put(ServedModel added) {
        synchronized (changing) {
            List<ServedModel> versions = new ArrayList<>(versions(added.name()));
            versions.removeIf(each -> each.version().equals(added.version()));
            if (added.isPreferred()) {
                versions.replaceAll(ServedModel::notPreferred);
            }
            versions.add(added);
            versions.sort(BY_VERSION);
            replace(added.name(), versions);
        }
    }

    /** Removes a version, and returns it; null if there is none. */
    @Nullable
    ServedModel remove(String name, String version) {
        synchronized (changing) {
            List<ServedModel> versions = new ArrayList<>(versions(name));
            ServedModel removed = removeFrom(versions, version);
            replace(name, versions);
            return removed;
        }
    }

    private static @Nullable ServedModel removeFrom(List<ServedModel> versions, String version) {
        for (ServedModel each : versions) {
            if (each.version().equals(version)) {
                versions.remove(each);
                return each;
            }
        }
        return null;
    }

    private void replace(String name, List<ServedModel> versions) {
        Map<String, List<ServedModel>> changed = new LinkedHashMap<>(models);
        if (versions.isEmpty()) {
            changed.remove(name);
        } else {
            changed.put(name, List.copyOf(versions));
        }
        models = changed;
    }

    /** The versions of a model, the lowest first; empty if it is not served. */
    List<ServedModel> versions(String name) {
        return models.getOrDefault(name, List.of());
    }

    /** All versions of all models. */
    List<ServedModel> all() {
        return models.values().stream().flatMap(List::stream).toList();
    }

    /** A model by name and version; without a version the preferred one, or else the highest. */
    ServedModel find(String name, @Nullable String version) throws ProtocolException {
        List<ServedModel> versions = versions(name);
        if (versions.isEmpty()) {
            throw new ProtocolException(404, "model '%s' is not served here; %s are".formatted(name, models.keySet()));
        }
        ServedModel found = version == null ? byDefault(versions) : null;
        for (ServedModel each : versions) {
            found = each.version().equals(version) ? each : found;
        }
        if (found == null) {
            throw new ProtocolException(
                    404, "version '%s' of model '%s' is not served here; %s are".formatted(version, name, versions));
        }
        return found;
    }

    private static ServedModel byDefault(List<ServedModel> versions) {
        return versions.stream()
                .filter(ServedModel::isPreferred)
                .findFirst()
                .orElseGet(() -> versions.get(versions.size() - 1));
    }
}
