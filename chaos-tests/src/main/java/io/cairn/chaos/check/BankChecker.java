package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accounts between which money is moved: {@code :transfer {:from :to :amount}}, {@code :read ->
 * {account balance}} of all.
 *
 * <ul>
 *   <li>wrong-total: the sum of a read is not that of the first;
 *   <li>negative: a balance is below zero;
 *   <li>wrong-balance: an account does not lie between what transfers since the first read make of
 *       it: all that began after that one and were acknowledged before this one, and perhaps those
 *       beside the one or the other, and uncertain ones. One that a read does not show has 0.
 * </ul>
 *
 * <p>There must be two reads to compare, and accounts in them. A read or transfer that does not say
 * in whole numbers what it saw or moved leaves the history unknown.
 */
public final class BankChecker implements Checker {
  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    boolean isCompared = false;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      OneBank bank = new OneBank(part.operations(), findings);
      isCompared |= bank.isCompared();
      try {
        bank.check();
      } catch (ArithmeticException e) {
        findings.unsure("sums do not fit into 64 bits");
      }
    }
    if (!isCompared) {
      findings.unsure("no two reads show accounts");
    }
    return findings.verdict();
  }

  /** Money that certainly, and that perhaps, came to an account and left it. */
  private static final class Flow {
    private long certain;
    private long comesBegun;
    private long leavesBegun;
    private long comesEnded;
    private long leavesEnded;
  }

  /** What was certain of an account when a read began. */
  private record Known(long certain, long comesEnded, long leavesEnded) {}

  /** A read, and what it showed. */
  private record Balances(Operation read, Map<Object, Long> of) {}

  /** What a transfer moves; never less than nothing. */
  private record Move(Object from, Object to, long amount) {}

  private record Event(long index, boolean isBegin, Operation operation) {}

  private static final class OneBank {
    private final Findings findings;
    private final List<Balances> reads = new ArrayList<>();
    private final Map<Operation, Map<Object, Long>> shown = new HashMap<>();
    private final Map<Operation, Move> moves = new LinkedHashMap<>();
    private final Map<Object, Flow> flows = new HashMap<>();
    private final Map<Long, Map<Object, Known>> begun = new HashMap<>();

    /** False if who knows what some transfer moved. */
    private boolean isClear = true;

    OneBank(List<Operation> operations, Findings findings) {
      this.findings = findings;
      for (Operation operation : operations) {
        if (operation.f().equals("read") && operation.isOk()) {
          addRead(operation);
        } else if (operation.f().equals("transfer") && !operation.isFail()) {
          addTransfer(operation);
        }
      }
      reads.sort(Comparator.comparingLong(read -> read.read.end()));
    }

    private void addRead(Operation read) {
      Map<Object, Long> balances = balances(read);
      if (balances == null) {
        findings.unsure("the read at index " + read.begin() + " does not show whole balances");
      } else {
        reads.add(new Balances(read, balances));
        shown.put(read, balances);
      }
    }

    private void addTransfer(Operation transfer) {
      Object from = account(Fields.of(transfer.argument(), "from"));
      Object to = account(Fields.of(transfer.argument(), "to"));
      Long amount = Fields.number(transfer.argument(), "amount");
      if (from == null || to == null || amount == null || amount == Long.MIN_VALUE) {
        findings.unsure(
            "the transfer at index " + transfer.begin() + " does not say what it moved");
        isClear = false;
      } else if (amount < 0) {
        moves.put(transfer, new Move(to, from, -amount));
      } else {
        moves.put(transfer, new Move(from, to, amount));
      }
    }

    /** True if there are two reads, and accounts in one of them. */
    boolean isCompared() {
      return reads.size() > 1 && reads.stream().anyMatch(read -> !read.of.isEmpty());
    }

    void check() {
      findings.count("reads", reads.size());
      findings.count("transfers", moves.size());
      if (reads.isEmpty()) {
        findings.unsure("nothing was read");
        return;
      }
      Balances first = reads.get(0);
      long total = sum(first.of);
      for (Balances read : reads) {
        totals(read, total);
      }
      if (!isClear) {
        return;
      }
      for (Event event : events(first.read)) {
        Move move = moves.get(event.operation);
        if (move != null) {
          transfer(move, event.isBegin);
        } else if (event.isBegin) {
          Map<Object, Known> known = new HashMap<>();
          flows.forEach(
              (account, flow) ->
                  known.put(account, new Known(flow.certain, flow.comesEnded, flow.leavesEnded)));
          begun.put(event.index, known);
        } else {
          compare(event.operation, first.of);
        }
      }
    }

    private void totals(Balances read, long total) {
      long sum = sum(read.of);
      if (sum != total) {
        findings.wrong("wrong-total", "op", read.read, "total", sum, "expected", total);
      }
      read.of.forEach(
          (account, balance) -> {
            if (balance < 0) {
              findings.wrong("negative", "op", read.read, "account", account);
            }
          });
    }

    /**
     * Reads that began after the first one had ended, and transfers that it need not have seen. One
     * beside the first read never counts as ended: who knows which of both reads was the first to
     * see it.
     */
    private List<Event> events(Operation first) {
      List<Event> events = new ArrayList<>();
      for (Balances each : reads) {
        Operation read = each.read;
        if (read.begin() > first.end()) {
          events.add(new Event(read.begin(), true, read));
          events.add(new Event(read.end(), false, read));
        }
      }
      for (Operation transfer : moves.keySet()) {
        if (transfer.end() > first.begin()) {
          events.add(new Event(transfer.begin(), true, transfer));
          if (transfer.isOk() && transfer.begin() > first.end()) {
            events.add(new Event(transfer.end(), false, transfer));
          }
        }
      }
      events.sort(Comparator.comparingLong(Event::index));
      return events;
    }

    private void transfer(Move move, boolean isBegin) {
      Flow from = flows.computeIfAbsent(move.from, account -> new Flow());
      Flow to = flows.computeIfAbsent(move.to, account -> new Flow());
      if (isBegin) {
        from.leavesBegun = Math.addExact(from.leavesBegun, move.amount);
        to.comesBegun = Math.addExact(to.comesBegun, move.amount);
      } else {
        from.certain = Math.subtractExact(from.certain, move.amount);
        from.leavesEnded = Math.addExact(from.leavesEnded, move.amount);
        to.certain = Math.addExact(to.certain, move.amount);
        to.comesEnded = Math.addExact(to.comesEnded, move.amount);
      }
    }

    private void compare(Operation read, Map<Object, Long> since) {
      Map<Object, Long> balances = shown.get(read);
      Map<Object, Known> known = begun.remove(read.begin());
      if (balances == null || known == null) {
        return;
      }
      Set<Object> accounts = new HashSet<>(balances.keySet());
      accounts.addAll(since.keySet());
      for (Object account : accounts) {
        Flow flow = flows.computeIfAbsent(account, a -> new Flow());
        Known then = known.getOrDefault(account, new Known(0, 0, 0));
        long base = Math.addExact(since.getOrDefault(account, 0L), then.certain);
        long leaves = Math.subtractExact(flow.leavesBegun, then.leavesEnded);
        long comes = Math.subtractExact(flow.comesBegun, then.comesEnded);
        long least = Math.subtractExact(base, leaves);
        long most = Math.addExact(base, comes);
        long balance = balances.getOrDefault(account, 0L);
        if (balance < least || balance > most) {
          findings.wrong(
              "wrong-balance", "op", read, "account", account, "least", least, "most", most);
        }
      }
    }

    private static long sum(Map<Object, Long> balances) {
      return balances.values().stream().reduce(0L, Math::addExact);
    }

    /** Accounts may be numbers in a transfer, and keywords or strings as keys of a map. */
    private static @Nullable Object account(@Nullable Object value) {
      return value instanceof Long number ? Long.toString(number) : Fields.name(value);
    }

    /** All balances of a read; null if some are none, or two of one account. */
    private static @Nullable Map<Object, Long> balances(Operation read) {
      if (!(read.result() instanceof Map<?, ?> map)) {
        return null;
      }
      Map<Object, Long> balances = new HashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Long balance = Fields.number(entry.getValue());
        Object account = account(entry.getKey());
        if (balance == null || account == null || balances.put(account, balance) != null) {
          return null;
        }
      }
      return balances;
    }
  }
}
