/**
 * A run from its first operation to its verdict: one thread asks the generator, stamps every line
 * of the history, and hands work to threads of clients and of the nemesis; then healing, final
 * reads, the restart of all, final reads again, and what the checkers say.
 */
@NullMarked
package io.cairn.chaos.run;

import org.jspecify.annotations.NullMarked;
