/**
 * A batch job over flight records: counts flights and adds up delays per departure hour, in
 * partitions that survive the loss of their worker. Uses the public client API only.
 */
@NullMarked
package io.cairn.examples.flights;

import org.jspecify.annotations.NullMarked;
