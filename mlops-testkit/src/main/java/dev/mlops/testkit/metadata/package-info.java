/** The contract suites for metadata stores: one abstract class for each part of the contract. */
@NullMarked
package dev.mlops.testkit.metadata;

import org.jspecify.annotations.NullMarked;
