package io.cairn.server.rpc;

import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.WatchBatch;

/** A stream as its watches see it. None of the methods blocks. */
interface WatchSink {
  /** False once the stream is gone. */
  boolean isOpen();

  /**
   * True if a watch may send now. After false, the sink calls {@link WatchHub#roomAgain} when there
   * is room: nothing is lost between the two.
   */
  boolean hasRoom();

  /** Sends; the hub has asked for room before. */
  void send(WatchBatch batch);

  /** Sends; a sink that is not read ends. */
  void send(TaskEvent event);

  /** Answers the request that set up, or ended, a watch or a wish. */
  void answer(Answer answer);
}
