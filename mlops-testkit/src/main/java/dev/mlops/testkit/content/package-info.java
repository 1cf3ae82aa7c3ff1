/** What every {@link dev.mlops.api.content.Storage} does. */
@NullMarked
package dev.mlops.testkit.content;

import org.jspecify.annotations.NullMarked;
