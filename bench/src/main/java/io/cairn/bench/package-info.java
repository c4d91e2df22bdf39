/**
 * The load generator. It knows the client and server processes, no server class; its own threads
 * run it.
 */
@NullMarked
package io.cairn.bench;

import org.jspecify.annotations.NullMarked;
