/**
 * Exactly once into a database: the fence of a task in the database that its rows go to, checked
 * and moved in the same transaction as the rows. {@link io.cairn.client.jdbc.FencedJdbc} is where
 * one starts. It knows {@code java.sql} and of a task its name and epoch; it talks to no cluster
 * and brings no driver. Everything runs on the caller's thread and connection, and blocks as long
 * as the database does.
 */
@NullMarked
package io.cairn.client.jdbc;

import org.jspecify.annotations.NullMarked;
