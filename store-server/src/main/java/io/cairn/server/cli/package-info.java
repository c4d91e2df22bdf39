/**
 * The command line. Each group of commands is one file; a command parses, asks the client for one
 * thing, and says the result as text or JSON with an exit code of {@link io.cairn.server.cli.Exit}.
 * It knows the public client, and of the server only its main and its settings. Everything runs on
 * the main thread, but for hooks that run when the process is asked to end, and handlers of {@code
 * cairn worker run}.
 */
@NullMarked
package io.cairn.server.cli;

import org.jspecify.annotations.NullMarked;
