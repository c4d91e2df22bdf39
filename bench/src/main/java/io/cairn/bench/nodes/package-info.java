/**
 * Servers as processes of this machine: starting, killing, and what the kernel says that they use.
 * It knows the launcher script, no class of the server. Any one thread.
 */
@NullMarked
package io.cairn.bench.nodes;

import org.jspecify.annotations.NullMarked;
