package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;

/**
 * A stored manifest.
 *
 * @param digest the digest of its root in the content store
 * @param files how many files it lists
 * @param bytes how many bytes they have
 */
public record Manifest(Sha256 digest, long files, long bytes) {}
