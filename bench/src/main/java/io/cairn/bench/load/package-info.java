/**
 * What is measured: puts in a closed loop, the gap that a failover leaves, the time of a restart.
 * It knows the public client, and servers as processes only. The calling thread drives each
 * measurement; answers are noted on the client's own thread.
 */
@NullMarked
package io.cairn.bench.load;

import org.jspecify.annotations.NullMarked;
