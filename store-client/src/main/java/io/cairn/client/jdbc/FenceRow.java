package io.cairn.client.jdbc;

/**
 * A task's row.
 *
 * @param version raised by every write of the row: tells whether a guard's own write is still there
 */
record FenceRow(long epoch, long version, JdbcPosition position) {}
