/**
 * The commands of {@code cairn bench}: they read options and put the harnesses together. They know
 * the client and server processes, no server class. The main thread runs them.
 */
@NullMarked
package io.cairn.bench;

import org.jspecify.annotations.NullMarked;
