/**
 * A job that copies the rows of one table into another, each once, whatever dies. Uses the public
 * client API and {@code java.sql} only; the driver comes from the class path.
 */
@NullMarked
package io.cairn.examples.jdbccopy;

import org.jspecify.annotations.NullMarked;
