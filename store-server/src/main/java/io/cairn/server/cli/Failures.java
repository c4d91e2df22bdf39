package io.cairn.server.cli;

import io.cairn.client.CairnException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.server.StartRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one table from what went wrong to an exit code and a line for people: what happened, whether
 * anything was changed (I8), what to do.
 */
final class Failures {
  private static final Pattern CODED =
      Pattern.compile("[A-Z_]+ \\([A-Z_]+\\): (.*)", Pattern.DOTALL);

  /** What is told of a failure. */
  record Told(Exit exit, String line) {}

  private Failures() {}

  /** What is told of {@code failure}. */
  static Told tell(Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof CommandFailure own) {
      return new Told(own.exit(), text(own));
    }
    if (cause instanceof CairnException refused) {
      return new Told(exit(refused.code()), line(refused));
    }
    if (cause instanceof StartRefusedException refused) {
      return new Told(
          refused.exitCode() == StartRefusedException.USAGE ? Exit.USAGE : Exit.FAILED,
          text(refused));
    }
    if (cause instanceof IllegalArgumentException wrong) {
      return new Told(Exit.USAGE, text(wrong));
    }
    if (cause instanceof IOException broken) {
      return new Told(Exit.FAILED, io(broken));
    }
    if (cause instanceof OutOfMemoryError) {
      return new Told(
          Exit.FAILED,
          "out of memory: %s; whether anything was changed is not known; CAIRN_JAVA_OPTS=-Xmx1g gives it more"
              .formatted(text(cause)));
    }
    if (cause instanceof InterruptedException) {
      return new Told(Exit.FAILED, "interrupted");
    }
    return new Told(
        Exit.FAILED,
        "this should not have happened: %s: %s; whether anything was changed is not known, --verbose tells more"
            .formatted(cause.getClass().getSimpleName(), text(cause)));
  }

  /** The exit code of a refusal. */
  static Exit exit(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, TOO_LARGE, DUPLICATE_KEY -> Exit.USAGE;
      case TASK_NOT_FOUND,
          LEASE_NOT_FOUND,
          KEY_NOT_FOUND,
          CHECKPOINT_NOT_FOUND,
          MEMBER_NOT_FOUND,
          JOB_NOT_FOUND,
          WORKER_NOT_FOUND ->
          Exit.NOT_FOUND;
      case TASK_EXISTS,
          JOB_EXISTS,
          LEASE_EXISTS,
          FENCED,
          EPOCH_UNKNOWN,
          SEQ_GAP,
          SEQ_CONFLICT,
          LSN_GAP,
          LSN_CONFLICT,
          WRONG_STATE ->
          Exit.CONDITION;
      case OVERLOADED,
          NOT_LEADER,
          NO_LEADER,
          SHUTTING_DOWN,
          STALE_REPLICA,
          NO_SPACE,
          UNAVAILABLE,
          MEMBERSHIP_BUSY,
          DEADLINE_EXCEEDED,
          LOST_TRACK ->
          Exit.UNAVAILABLE;
      default -> Exit.FAILED;
    };
  }

  private static String line(CairnException refused) {
    return "%s [%s, %s]%s"
        .formatted(
            withoutCode(text(refused)), refused.code(), effect(refused), advice(refused.code()));
  }

  /** A client's message without the code in front of it. */
  static String withoutCode(String message) {
    Matcher coded = CODED.matcher(message);
    return coded.matches() ? coded.group(1) : message;
  }

  private static String effect(CairnException refused) {
    Certainty certainty =
        refused instanceof OutcomeUnknownException
            ? Certainty.OUTCOME_UNKNOWN
            : refused.certainty();
    return switch (certainty) {
      case NOT_APPLIED -> "not applied";
      case APPLIED -> "applied";
      case OUTCOME_UNKNOWN -> "may have been applied: look before doing it again";
    };
  }

  private static String advice(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE ->
          "; is the cluster running? Name its members with --endpoints, --dir or CAIRN_ENDPOINTS";
      case NO_LEADER, NOT_LEADER -> "; no majority may be up: see 'cairn status'";
      case OVERLOADED, SHUTTING_DOWN, MEMBERSHIP_BUSY -> "; try again in a moment";
      case STALE_REPLICA -> "; raise --max-staleness, or read without --serializable";
      case COMPACTED -> "; that part of the history is gone: use a later revision";
      case NO_SPACE -> "; make room on the servers' disks";
      case DEADLINE_EXCEEDED -> "; raise --timeout, or see 'cairn status'";
      case WRONG_CLUSTER -> "; check --endpoints";
      case UNSUPPORTED_PROTOCOL, UNKNOWN_COMMAND -> "; use a 'cairn' of the servers' version";
      case INTERNAL -> "; the server's log has more";
      default -> "";
    };
  }

  private static String io(IOException broken) {
    if (broken instanceof FileSystemException file) {
      return file.getFile() + ": " + reason(file);
    }
    return text(broken);
  }

  private static String reason(FileSystemException file) {
    if (file instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (file instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (file instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    return String.valueOf(file.getReason());
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable seen = failure;
    while ((seen instanceof CompletionException
            || seen instanceof ExecutionException
            || seen instanceof UncheckedIOException)
        && seen.getCause() != null) {
      seen = seen.getCause();
    }
    return seen;
  }

  private static String text(Throwable failure) {
    @Nullable String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    // Whatever a library put into its message: no line of a stack reaches a person.
    return message
        .strip()
        .lines()
        .takeWhile(line -> !line.startsWith("\tat ") && !line.startsWith("Caused by: "))
        .map(String::strip)
        .collect(Collectors.joining(" "));
  }
}
