package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.client.Bytes;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.ReadMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Elements are added, each a key of its own, and all are read at one revision. */
final class SetWorkload implements Workload {
  private static final String PREFIX = "set/";
  private static final int READS_PER_ADDS = 20;

  @Override
  public String name() {
    return "set";
  }

  @Override
  public String about() {
    return "elements are added, and ranges read them all: none is lost, none comes from nowhere";
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.calls(
        plan.seed(),
        (random, n) ->
            random.nextInt(READS_PER_ADDS) == 0 ? new Call("read", null) : new Call("add", n));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    return plan.byEach(new Call("read", null));
  }

  @Override
  public Client open(TestNode node, long process) {
    return new SetClient(node, process);
  }

  private static final class SetClient extends StoreClient {
    SetClient(TestNode node, long process) {
      super(node, process);
    }

    @Override
    Completion perform(Op invocation) {
      return switch (invocation.f()) {
        case "add" -> {
          Object added = invocation.value();
          yield Completion.ok(added, cairn().kv().put(PREFIX + added, "x").revision());
        }
        case "read" -> read(mode(invocation));
        default -> throw unknown(invocation);
      };
    }

    private Completion read(ReadMode mode) {
      List<Long> elements = new ArrayList<>();
      KeyRange rest = KeyRange.prefix(PREFIX);
      long revision = 0;
      boolean more = true;
      while (more) {
        RangeResult found =
            cairn().kv().range(RangeOp.of(rest).keysOnly().atRevision(revision), mode);
        revision = revision == 0 ? found.revision() : revision;
        for (KeyValue row : found.keyValues()) {
          elements.add(Long.parseLong(row.key().toUtf8().substring(PREFIX.length())));
        }
        more = found.more();
        if (more) {
          Bytes last = found.keyValues().get(found.keyValues().size() - 1).key();
          rest = KeyRange.between(Bytes.utf8(last.toUtf8() + '\0'), rest.end());
        }
      }
      elements.sort(null);
      return Completion.ok(elements, revision);
    }
  }
}
