package io.cairn.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.Verification;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a job's description differs from the one that is stored of it. The store fills some fields
 * that are 0 with defaults of its own: these are passed over, so that what is found is a
 * difference.
 */
final class SpecDifference {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the store chooses where it is 0. */
  private static final Set<String> FILLED =
      Set.of(
          "retry.backoffLongest",
          "retry.backoffPercent",
          "redundancy.stragglerPercent",
          "redundancy.stragglerMin",
          "checkpoints.kept",
          "checkpoints.coordinated.timeout",
          "detection.ttl",
          "detection.heartbeat",
          "detection.ack");

  private SpecDifference() {}

  /** The first field, by its path, that differs; empty: none is known to. */
  static Optional<String> between(JobSpec sent, JobSpec stored) {
    return between("", tree(asStored(sent)), tree(asStored(stored)));
  }

  /** Without what a job of this redundancy does not have: it is not sent. */
  private static JobSpec asStored(JobSpec spec) {
    Redundancy.Kind kind = spec.redundancy().kind();
    return new JobSpec(
        spec.name(),
        spec.stages(),
        spec.retry(),
        spec.recovery(),
        kind == Redundancy.Kind.NONE ? Redundancy.none() : spec.redundancy(),
        spec.checkpoints(),
        kind == Redundancy.Kind.REPLICAS ? spec.verification() : Verification.exact(),
        spec.detection(),
        spec.keep(),
        spec.labels(),
        spec.continueOnFailure());
  }

  private static JsonNode tree(JobSpec spec) {
    try {
      return JSON.readTree(Output.json(JobSpecShown.fields(spec)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what is shown of a job is no JSON", e);
    }
  }

  private static Optional<String> between(String path, JsonNode sent, JsonNode stored) {
    if (sent.isObject() && stored.isObject()) {
      Set<String> names = new TreeSet<>();
      sent.fieldNames().forEachRemaining(names::add);
      stored.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        String at = path.isEmpty() ? name : path + "." + name;
        Optional<String> found = between(at, sent.path(name), stored.path(name));
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    if (sent.isArray() && stored.isArray() && sent.size() == stored.size()) {
      Iterator<JsonNode> others = stored.elements();
      for (int i = 0; i < sent.size(); i++) {
        Optional<String> found = between(path + "[" + i + "]", sent.get(i), others.next());
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    boolean isFilled = FILLED.contains(path) && sent.asText().equals("0");
    return isFilled || sent.equals(stored) ? Optional.empty() : Optional.of(path);
  }
}
