/** What the services share: the stores, the caller, access checks, events and idempotency. */
@NullMarked
package dev.mlops.core.context;

import org.jspecify.annotations.NullMarked;
