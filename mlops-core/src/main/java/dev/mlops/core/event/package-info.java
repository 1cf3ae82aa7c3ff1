/** The event log and its subscriptions. */
@NullMarked
package dev.mlops.core.event;

import org.jspecify.annotations.NullMarked;
