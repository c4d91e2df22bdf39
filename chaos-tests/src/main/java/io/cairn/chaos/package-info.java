/**
 * Faults, workloads and checkers. It knows the client and server processes, no server class; its
 * own threads run it.
 */
@NullMarked
package io.cairn.chaos;

import org.jspecify.annotations.NullMarked;
