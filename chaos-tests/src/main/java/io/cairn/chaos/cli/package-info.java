/**
 * The command line {@code cairn chaos}: one class for each command. Verdicts go to standard output,
 * progress and errors to standard error.
 */
@NullMarked
package io.cairn.chaos.cli;

import org.jspecify.annotations.NullMarked;
