package io.cairn.client.job;

import java.util.ArrayList;
import java.util.List;

/** What can be wrong with a job. */
final class JobCheck {
  private JobCheck() {}

  static List<String> of(JobSpec spec) {
    List<String> wrong = new ArrayList<>();
    if (spec.stages().isEmpty()) {
      wrong.add("it has no stage");
    }
    return wrong;
  }
}
