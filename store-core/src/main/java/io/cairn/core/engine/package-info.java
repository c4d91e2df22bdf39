/**
 * Puts the tables together: {@link io.cairn.core.engine.Engine} applies entries, {@link
 * io.cairn.core.engine.Queries} answers reads over a view. What the server talks to.
 */
@NullMarked
package io.cairn.core.engine;

import org.jspecify.annotations.NullMarked;
