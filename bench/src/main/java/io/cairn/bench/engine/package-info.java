/**
 * The load engine: sends operations in a closed or an open loop and notes their times. It knows
 * neither a store nor a client. The calling thread drives a run; operations end on threads of their
 * own.
 */
@NullMarked
package io.cairn.bench.engine;

import org.jspecify.annotations.NullMarked;
