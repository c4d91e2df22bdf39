/**
 * Stores measured in turn, A B A B, on the same machine with the same load: what is done to them,
 * when, and what the figures say of each other. It knows stores by their clients and processes
 * only. One thread drives everything.
 */
@NullMarked
package io.cairn.bench.compare;

import org.jspecify.annotations.NullMarked;
