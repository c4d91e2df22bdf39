/**
 * What a measurement has found, as lines for people or as JSON. It knows neither the client nor the
 * servers. Any one thread.
 */
@NullMarked
package io.cairn.bench.report;

import org.jspecify.annotations.NullMarked;
