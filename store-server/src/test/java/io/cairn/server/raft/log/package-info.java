@NullMarked
package io.cairn.server.raft.log;

import org.jspecify.annotations.NullMarked;
