/**
 * What is done next, by whom and when: pure values that give an operation, ask for patience, or are
 * at an end, and that hear of each event. All chance comes from seeds, so that a seed gives the
 * same schedule again where the world answers the same. Knows no cluster and no client. Immutable.
 */
@NullMarked
package io.cairn.chaos.generator;

import org.jspecify.annotations.NullMarked;
