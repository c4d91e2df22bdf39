/**
 * The server process and its composition root. Sub-packages never see each other's threads but
 * through it.
 */
@NullMarked
package io.cairn.server;

import org.jspecify.annotations.NullMarked;
