/**
 * Cairn and other stores under one load: each as processes in a folder of the bench, each through
 * the client that its users have. It knows no measurement. Clients end operations on threads of
 * their own.
 */
@NullMarked
package io.cairn.bench.peers;

import org.jspecify.annotations.NullMarked;
