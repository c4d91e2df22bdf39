/**
 * Bugs that are planted to see whether they are caught. Each is a patch of the server's sources
 * beside this module, compiled on its own and put in front of a server's class path: nothing of it
 * is in what is released. Knows verdicts, but no cluster; one thread.
 */
@NullMarked
package io.cairn.chaos.mutant;

import org.jspecify.annotations.NullMarked;
