/**
 * Checks over the whole source tree and class path: architecture, tidiness, advisories. Nothing may
 * depend on it; each check runs in the test thread.
 */
@NullMarked
package io.cairn.gate;

import org.jspecify.annotations.NullMarked;
