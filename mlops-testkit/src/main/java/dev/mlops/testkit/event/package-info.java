/** The contract of the event log. */
@NullMarked
package dev.mlops.testkit.event;

import org.jspecify.annotations.NullMarked;
