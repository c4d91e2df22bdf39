/**
 * Codecs turn the state of a task into bytes and back, and frame it so that damage is found. They
 * know nothing of tasks, sessions or the network. Codecs may be shared between threads; each call
 * runs in its caller's thread.
 */
@NullMarked
package io.cairn.client.codec;

import org.jspecify.annotations.NullMarked;
