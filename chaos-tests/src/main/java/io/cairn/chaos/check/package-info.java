/**
 * Judges histories. A checker sees a history and nothing else, so that it judges those of other
 * programs too. Knows no cluster and no client. A checker is used by one thread; several may run
 * beside each other.
 */
@NullMarked
package io.cairn.chaos.check;

import org.jspecify.annotations.NullMarked;
