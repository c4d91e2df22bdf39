/**
 * What client and server say to each other: messages, error codes, limits. It knows neither of
 * them, and has no thread.
 */
@NullMarked
package io.cairn.protocol;

import org.jspecify.annotations.NullMarked;
