package io.cairn.client.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.TaskName;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.FaultTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class StandardClassifierTest {
  @Test
  void fullDiskIsKnownByItsMessageAndNamesThePath() {
    FileSystemException full =
        new FileSystemException("/data/out/part-3", null, "No space left on device");
    Fault fault = classified(new UncheckedIOException(full));
    assertThat(fault.type()).isEqualTo(FaultTypes.DISK_FULL);
    assertThat(fault.place().path()).isEqualTo("/data/out/part-3");
    assertThat(fault.place().kind()).isEqualTo(FaultPlace.Kind.PATH);
    assertThat(type(new IOException("No space left on device"))).isEqualTo(FaultTypes.DISK_FULL);
    assertThat(type(new FileSystemException("/x", null, "Permission denied")))
        .isEqualTo(FaultTypes.TASK_ERROR);
  }

  @Test
  void pathIsFoundBesideTheExceptionThatHasTheMessage() {
    FileSystemException outer = new FileSystemException("/data/f", null, "write failed");
    outer.initCause(new IOException("No space left on device"));
    assertThat(classified(outer).type()).isEqualTo(FaultTypes.DISK_FULL);
    assertThat(classified(outer).place().path()).isEqualTo("/data/f");
  }

  @Test
  void frameIsToldWithoutTheLoaderOfItsClass() {
    RuntimeException thrown = new RuntimeException("x");
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("handlers", "", "", "com.example.Pricing", "run", "P.java", 12)
        });
    assertThat(thrown.getStackTrace()[0].toString()).startsWith("handlers//");
    assertThat(classified(thrown).location()).isEqualTo("com.example.Pricing.run(P.java:12)");
  }

  @Test
  void causesAreLookedThrough() {
    assertThat(type(new ExecutionException(new OutOfMemoryError("Java heap space"))))
        .isEqualTo(FaultTypes.OUT_OF_MEMORY);
    assertThat(type(new IllegalStateException("x", new ConnectException("refused"))))
        .isEqualTo(FaultTypes.NETWORK);
    assertThat(type(new SocketTimeoutException())).isEqualTo(FaultTypes.NETWORK);
    assertThat(type(new UnknownHostException("h"))).isEqualTo(FaultTypes.NETWORK);
    assertThat(type(new TimeoutException())).isEqualTo(FaultTypes.NETWORK);
    assertThat(type(new CairnException(ErrorCode.UNAVAILABLE, "x"))).isEqualTo(FaultTypes.NETWORK);
    assertThat(type(new RuntimeException(new InterruptedException())))
        .isEqualTo(FaultTypes.CANCELLED);
  }

  @Test
  void corruptionNamesTheSectionIfTheMessageDoes() {
    Fault fault =
        classified(
            new CairnException(
                ErrorCode.CORRUPT, "section 'left' of checkpoint 3 of task t has digest 00"));
    assertThat(fault.type()).isEqualTo(FaultTypes.CORRUPTION);
    assertThat(fault.place().sections()).containsExactly("left");
    assertThat(classified(new CorruptStateException("stored state: x")).place().sections())
        .isEmpty();
  }

  @Test
  void poisonItemIsNamedWhateverItsCause() {
    Fault fault =
        classified(new PoisonItemException(Bytes.utf8("line 7"), new ConnectException("refused")));
    assertThat(fault.type()).isEqualTo(FaultTypes.POISON_ITEM);
    assertThat(fault.place().item()).isEqualTo(Bytes.utf8("line 7"));
    assertThat(fault.place().kind()).isEqualTo(FaultPlace.Kind.ITEM);
  }

  @Test
  void anythingElseIsAnErrorOfTheTaskThatNamesTheClass() {
    Fault fault = classified(new ArithmeticException("/ by zero"));
    assertThat(fault.type()).isEqualTo(FaultTypes.TASK_ERROR);
    assertThat(fault.message()).isEqualTo("java.lang.ArithmeticException: / by zero");
    assertThat(fault.location()).contains("StandardClassifierTest");
  }

  @Test
  void causesThatFormACircleEnd() {
    Exception outer = new IllegalStateException("outer");
    Exception inner = new IllegalStateException("inner", outer);
    outer.initCause(inner);
    assertThat(type(outer)).isEqualTo(FaultTypes.TASK_ERROR);
  }

  private static String type(Throwable thrown) {
    return classified(thrown).type();
  }

  private static Fault classified(Throwable thrown) {
    FaultFacts facts = new FaultFacts(TaskName.of("j/s/0"), "s", 0, "w", "n");
    return FaultClassifier.standard().classify(thrown, facts).orElseThrow();
  }
}
