package io.cairn.examples.jdbccopy;

/**
 * The task's state, for whoever looks at it from outside: {@code cairn task show}. The copy itself
 * goes on from the position in the database, which may be ahead of this.
 *
 * @param lastId id of the last row that is copied, 0 for none
 */
public record Progress(long lastId) {}
