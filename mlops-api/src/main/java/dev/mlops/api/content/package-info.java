/** Content identities. */
@NullMarked
package dev.mlops.api.content;

import org.jspecify.annotations.NullMarked;
