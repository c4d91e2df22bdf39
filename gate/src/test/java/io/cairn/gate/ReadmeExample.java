package io.cairn.gate;

import io.cairn.client.Cairn;
import io.cairn.client.TaskRun;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The example of the README, as it stands there: {@link DocsTest} compares, this compiles it. */
final class ReadmeExample {
  private final ToDoubleFunction<String> price;

  ReadmeExample(ToDoubleFunction<String> price) {
    this.price = price;
  }

  /** Where the job has come. */
  record Position(long line, double sum) {}

  void bill(String endpoints, List<String> lines) {
    // README begins
    try (Cairn cairn = Cairn.connect(endpoints);
        TaskRun<Position> task =
            cairn.task("billing/2026-11", Position.class).checkpointEvery(1_000).acquire()) {
      Position at = task.stateOr(() -> new Position(0, 0)); // first run, or resumed
      for (String line : lines.subList((int) at.line(), lines.size())) {
        at = new Position(at.line() + 1, at.sum() + price(line));
        task.update(at); // cheap; saved at every 1,000th
      }
      task.complete(at.sum()); // once, by the one owner
    }
    // README ends
  }

  private double price(String line) {
    return price.applyAsDouble(line);
  }
}
