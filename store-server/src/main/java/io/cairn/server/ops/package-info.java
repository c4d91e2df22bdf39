/**
 * What operators see: log events, metrics, the HTTP plane. Knows no client protocol and no
 * consensus library. The HTTP plane runs on two threads of its own; log and metrics may be used
 * from any thread.
 */
@NullMarked
package io.cairn.server.ops;

import org.jspecify.annotations.NullMarked;
