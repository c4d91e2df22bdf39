/** Tests of the command line, with a store of its own or real processes. */
@NullMarked
package io.cairn.server.cli;

import org.jspecify.annotations.NullMarked;
