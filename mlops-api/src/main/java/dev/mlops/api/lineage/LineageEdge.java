package dev.mlops.api.lineage;

/**
 * That one thing was made from, trained on or runs another.
 *
 * @param from the id of the thing that was there first
 * @param to the id of the thing that came of it
 * @param role how: {@code train}, {@code test}, {@code parent}, {@code produced}, {@code released}, {@code deployed}; with
 *     the split if there is one, such as {@code train, split train}
 */
public record LineageEdge(String from, String to, String role) {}
