package dev.mlops.core.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.SplitSummary;
import java.util.List;

/**
 * A stored manifest.
 *
 * @param digest its digest in the content store
 * @param header what its first line says
 * @param splits the splits of its files
 */
record Manifest(Sha256 digest, ManifestHeader header, List<SplitSummary> splits) {}
