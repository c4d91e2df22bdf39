/**
 * What client and server must agree on beside the messages: error codes and limits. Knows neither
 * network nor storage. Everything here is immutable and may be used from any thread.
 */
@NullMarked
package io.cairn.protocol;

import org.jspecify.annotations.NullMarked;
