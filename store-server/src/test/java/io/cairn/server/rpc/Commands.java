package io.cairn.server.rpc;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.Request;

/** Messages that tests send. */
final class Commands {
  private Commands() {}

  static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static Command put(String key, String value) {
    return put(key, text(value));
  }

  static Command put(String key, ByteString value) {
    return Command.newBuilder()
        .setGroup(LocalGroup.ID)
        .setPut(PutRequest.newBuilder().setKey(text(key)).setValue(value))
        .build();
  }

  static Command delete(String key) {
    return Command.newBuilder()
        .setGroup(LocalGroup.ID)
        .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(text(key)))
        .build();
  }

  static Command renew() {
    return Command.newBuilder()
        .setGroup(LocalGroup.ID)
        .setRenew(RenewRequest.getDefaultInstance())
        .build();
  }

  static Request request(long id, Command command) {
    return request(id, command.toByteString());
  }

  static Request request(long id, ByteString command) {
    return Request.newBuilder().setId(id).setGroup(LocalGroup.ID).setCommand(command).build();
  }

  static Request get(long id, String key) {
    return Request.newBuilder()
        .setId(id)
        .setGroup(LocalGroup.ID)
        .setQuery(Query.newBuilder().setRange(RangeRequest.newBuilder().setKey(text(key))))
        .build();
  }
}
