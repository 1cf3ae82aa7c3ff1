package dev.mlops.api.model;

import dev.mlops.api.content.Sha256;

/**
 * One file of a model version.
 *
 * @param path its path, with {@code /}
 * @param size bytes
 * @param sha256 the digest of its bytes
 */
public record ModelFile(String path, long size, Sha256 sha256) {}
