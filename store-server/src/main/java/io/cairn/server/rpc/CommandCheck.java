package io.cairn.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.apply.UnknownParts;
import io.cairn.core.kv.KeyRange;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.TaskWatch;
import io.cairn.protocol.v1.WatchRequest;
import org.jspecify.annotations.Nullable;

/**
 * Looks through what a client sent, so that nothing reaches the log that a state machine cannot
 * decode: there it would have to halt (I11). Whatever is refused here was not applied (I8).
 */
final class CommandCheck {
  private CommandCheck() {}

  /** Refuses a request that no part of this server can serve. */
  static void checkRequest(Request request, Lane lane) {
    if (!request.getUnknownFields().asMap().isEmpty()) {
      throw new Refusal(ErrorCode.UNKNOWN_COMMAND, "a request of unknown type");
    }
    switch (request.getBodyCase()) {
      case COMMAND -> check(request.getCommand(), request.getGroup(), lane);
      case QUERY -> check(request.getQuery(), lane);
      case WATCH -> check(request.getWatch());
      case TASK_WATCH -> check(request.getTaskWatch());
      default -> {}
    }
  }

  /**
   * Refuses a command that is too large, malformed, of another group, of a newer version, or not
   * for clients.
   *
   * @throws Refusal with the reason
   */
  static void check(ByteString bytes, int group, Lane lane) {
    if (bytes.size() > Limits.COMMAND_BYTES_MAX) {
      throw new Refusal(
          ErrorCode.TOO_LARGE,
          "a command of " + bytes.size() + " bytes, at most " + Limits.COMMAND_BYTES_MAX,
          Limits.COMMAND_BYTES_MAX,
          bytes.size());
    }
    Command command = parse(bytes);
    if (command.getGroup() != group) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "the command is for group " + command.getGroup() + ", its request for " + group,
          group,
          command.getGroup());
    }
    requireKnown(UnknownParts.find(Command.getDescriptor(), bytes));
    checkOp(command, lane);
    if (command.getSession() < 0 || command.getSequence() < 0 || command.getFirstUnanswered() < 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "session, sequence and first unanswered are never negative");
    }
  }

  /** Refuses a query of unknown type, or with parts that this version does not know. */
  static void check(Query query, Lane lane) {
    if (lane == Lane.HEARTBEAT) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "the heartbeat lane takes renewals only");
    }
    if (query.getQueryCase() == Query.QueryCase.QUERY_NOT_SET) {
      throw new Refusal(ErrorCode.UNKNOWN_COMMAND, "a query of unknown type");
    }
    checkKnown(query);
  }

  private static void check(WatchRequest watch) {
    checkKnown(watch);
    KeyRange range = KeyRange.ofWatch(watch);
    if (watch.getStartRevision() < 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "a watch of a key of "
              + range.key().size()
              + " bytes from revision "
              + watch.getStartRevision());
    }
  }

  private static void check(TaskWatch watch) {
    checkKnown(watch);
    Checks.size("leases of a task watch", watch.getLeasesCount(), Limits.RENEW_ITEMS_MAX);
    Checks.name("namespace", watch.getNamespace(), true);
    Checks.text("name prefix", watch.getNamePrefix(), true, Limits.TASK_NAME_BYTES_MAX);
  }

  /** Refuses fields and enum values that this version does not know, at any depth. */
  static void checkKnown(Message message) {
    requireKnown(UnknownParts.find(message));
  }

  private static void requireKnown(@Nullable String unknown) {
    if (unknown != null) {
      throw new Refusal(ErrorCode.UNKNOWN_COMMAND, unknown + ", which this server does not know");
    }
  }

  private static Command parse(ByteString bytes) {
    try {
      return Command.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, bytes.size() + " bytes are not a command, or not UTF-8");
    }
  }

  private static void checkOp(Command command, Lane lane) {
    switch (command.getOpCase()) {
      case OP_NOT_SET -> throw new Refusal(ErrorCode.UNKNOWN_COMMAND, "a command of unknown type");
      case LEADER_START, EXPIRE, HOUSEKEEP, MEMBER_PUT, MEMBER_REMOVE, MEMBER_JOINED ->
          throw new Refusal(
              ErrorCode.INVALID_ARGUMENT, command.getOpCase() + " is proposed by servers only");
      default -> {
        if (lane == Lane.HEARTBEAT
            && command.getOpCase() != Command.OpCase.RENEW
            && command.getOpCase() != Command.OpCase.WORKER_REPORT) {
          throw new Refusal(
              ErrorCode.INVALID_ARGUMENT,
              "the heartbeat lane takes renewals and reports only, not " + command.getOpCase());
        }
      }
    }
  }
}
