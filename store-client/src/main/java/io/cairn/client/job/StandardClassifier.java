package io.cairn.client.job;

import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.FaultTypes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Knows the exceptions of the JDK and of the client. Has no state. */
final class StandardClassifier implements FaultClassifier {
  private static final int CAUSES_MAX = 64;

  /** In front of a frame whose class came from a jar: the name of the jar's loader. */
  private static final Pattern LOADER = Pattern.compile("^[^/(]*//");

  private static final List<String> NO_ROOM =
      List.of("no space left on device", "disk quota exceeded", "not enough space on the disk");

  @Override
  public Optional<Fault> classify(Throwable thrown, FaultFacts facts) {
    for (Throwable cause : chain(thrown)) {
      Optional<Fault> known = known(cause, thrown);
      if (known.isPresent()) {
        return known;
      }
    }
    return Optional.of(fault(FaultTypes.TASK_ERROR, thrown, thrown));
  }

  private static Optional<Fault> known(Throwable cause, Throwable thrown) {
    if (cause instanceof PoisonItemException poison) {
      return Optional.of(
          fault(FaultTypes.POISON_ITEM, cause, thrown)
              .at(FaultPlace.nowhere().withItem(poison.item())));
    }
    if (cause instanceof IOException && hasNoRoom(cause)) {
      return Optional.of(fault(FaultTypes.DISK_FULL, cause, thrown).at(path(thrown)));
    }
    if (cause instanceof OutOfMemoryError) {
      return Optional.of(fault(FaultTypes.OUT_OF_MEMORY, cause, thrown));
    }
    if (isCorruption(cause)) {
      return Optional.of(fault(FaultTypes.CORRUPTION, cause, thrown).at(sections(cause)));
    }
    if (isNetwork(cause)) {
      return Optional.of(fault(FaultTypes.NETWORK, cause, thrown));
    }
    if (cause instanceof InterruptedException
        || cause instanceof CancellationException
        || cause instanceof ClosedByInterruptException) {
      return Optional.of(fault(FaultTypes.CANCELLED, cause, thrown));
    }
    return Optional.empty();
  }

  private static boolean hasNoRoom(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return NO_ROOM.stream().anyMatch(message::contains);
  }

  /** The file that an exception of the chain names. */
  private static FaultPlace path(Throwable thrown) {
    for (Throwable cause : chain(thrown)) {
      if (cause instanceof FileSystemException of && of.getFile() != null) {
        return FaultPlace.nowhere().withPath(of.getFile());
      }
    }
    return FaultPlace.nowhere();
  }

  private static boolean isCorruption(Throwable cause) {
    return cause instanceof CorruptStateException
        || cause instanceof java.util.zip.ZipException
        || (cause instanceof CairnException of && of.code() == ErrorCode.CORRUPT);
  }

  /** The section that the client's message names in quotes. */
  private static FaultPlace sections(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    int word = message.indexOf("section '");
    if (word < 0) {
      return FaultPlace.nowhere();
    }
    int from = word + "section '".length();
    int to = message.indexOf('\'', from);
    return to < 0
        ? FaultPlace.nowhere()
        : FaultPlace.nowhere().withSections(List.of(message.substring(from, to)));
  }

  private static boolean isNetwork(Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof SocketException
        || cause instanceof SocketTimeoutException
        || cause instanceof UnknownHostException
        || cause instanceof TimeoutException
        || cause instanceof java.net.http.HttpTimeoutException
        || (cause instanceof CairnException of && isUnreachable(of.code()));
  }

  private static boolean isUnreachable(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, NO_LEADER, NOT_LEADER, LOST_TRACK -> true;
      default -> false;
    };
  }

  /** The class is named in the message, as the type no longer does. */
  private static Fault fault(String type, Throwable cause, Throwable thrown) {
    String message = text(cause);
    if (cause != thrown) {
      message = message + "; in " + thrown.getClass().getName();
    }
    return Fault.of(type, location(thrown), true, message);
  }

  private static String text(Throwable cause) {
    String name = cause.getClass().getName();
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? name : name + ": " + message;
  }

  /** The topmost frame of the innermost cause. */
  private static String location(Throwable thrown) {
    List<Throwable> chain = chain(thrown);
    StackTraceElement[] stack = chain.get(chain.size() - 1).getStackTrace();
    return stack.length == 0 ? "" : LOADER.matcher(stack[0].toString()).replaceFirst("");
  }

  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    @Nullable Throwable next = thrown;
    while (next != null && chain.size() < CAUSES_MAX && seen.add(next)) {
      chain.add(next);
      next = next.getCause();
    }
    return chain;
  }
}
