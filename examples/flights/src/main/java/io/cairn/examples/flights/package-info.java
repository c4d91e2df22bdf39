/**
 * The flights batch job, as a user of the client would write it. It knows only the public client
 * API; each worker thread runs its own partition.
 */
@NullMarked
package io.cairn.examples.flights;

import org.jspecify.annotations.NullMarked;
