/** The audit log and its subscriptions. */
@NullMarked
package dev.mlops.api.event;

import org.jspecify.annotations.NullMarked;
