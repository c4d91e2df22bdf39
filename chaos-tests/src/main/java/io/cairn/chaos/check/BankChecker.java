package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
 *       beside the one or the other, and uncertain ones.
 * </ul>
 */
public final class BankChecker implements Checker {
  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      new OneBank(part.operations(), findings).check();
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

  private record Event(long index, boolean isBegin, Operation operation) {}

  private static final class OneBank {
    private final Findings findings;
    private final List<Operation> reads = new ArrayList<>();
    private final List<Operation> transfers = new ArrayList<>();
    private final Map<Object, Flow> flows = new HashMap<>();
    private final Map<Long, Map<Object, Known>> begun = new HashMap<>();

    OneBank(List<Operation> operations, Findings findings) {
      this.findings = findings;
      for (Operation operation : operations) {
        if (operation.f().equals("read") && balances(operation) != null) {
          reads.add(operation);
        } else if (operation.f().equals("transfer") && !operation.isFail()) {
          transfers.add(operation);
        }
      }
      reads.sort(Comparator.comparingLong(Operation::end));
    }

    void check() {
      findings.count("reads", reads.size());
      findings.count("transfers", transfers.size());
      if (reads.isEmpty()) {
        findings.unsure("nothing was read");
        return;
      }
      Operation first = reads.get(0);
      Map<Object, Long> balances = balances(first);
      if (balances == null) {
        return;
      }
      long total = sum(balances);
      for (Operation read : reads) {
        totals(read, total);
      }
      for (Event event : events(first)) {
        if (event.operation.f().equals("transfer")) {
          transfer(event);
        } else if (event.isBegin) {
          Map<Object, Known> known = new HashMap<>();
          flows.forEach(
              (account, flow) ->
                  known.put(account, new Known(flow.certain, flow.comesEnded, flow.leavesEnded)));
          begun.put(event.index, known);
        } else {
          compare(event.operation, balances);
        }
      }
    }

    private void totals(Operation read, long total) {
      Map<Object, Long> balances = balances(read);
      if (balances == null) {
        return;
      }
      if (sum(balances) != total) {
        findings.wrong("wrong-total", "op", read, "total", sum(balances), "expected", total);
      }
      balances.forEach(
          (account, balance) -> {
            if (balance < 0) {
              findings.wrong("negative", "op", read, "account", account);
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
      for (Operation read : reads) {
        if (read.begin() > first.end()) {
          events.add(new Event(read.begin(), true, read));
          events.add(new Event(read.end(), false, read));
        }
      }
      for (Operation transfer : transfers) {
        if (transfer.end() > first.begin() && amount(transfer) != null) {
          events.add(new Event(transfer.begin(), true, transfer));
          if (transfer.isOk() && transfer.begin() > first.end()) {
            events.add(new Event(transfer.end(), false, transfer));
          }
        }
      }
      events.sort(Comparator.comparingLong(Event::index));
      return events;
    }

    private void transfer(Event event) {
      Operation transfer = event.operation;
      Long amount = amount(transfer);
      if (amount == null) {
        return;
      }
      Flow from = flow(transfer, "from");
      Flow to = flow(transfer, "to");
      if (event.isBegin) {
        from.leavesBegun += amount;
        to.comesBegun += amount;
      } else {
        from.certain -= amount;
        from.leavesEnded += amount;
        to.certain += amount;
        to.comesEnded += amount;
      }
    }

    private void compare(Operation read, Map<Object, Long> since) {
      Map<Object, Long> balances = balances(read);
      Map<Object, Known> known = begun.remove(read.begin());
      if (balances == null || known == null) {
        return;
      }
      Set<Object> accounts = new HashSet<>(balances.keySet());
      accounts.retainAll(since.keySet());
      for (Object account : accounts) {
        Flow flow = flows.computeIfAbsent(account, a -> new Flow());
        Known then = known.getOrDefault(account, new Known(0, 0, 0));
        long base = since.getOrDefault(account, 0L) + then.certain;
        long least = base - (flow.leavesBegun - then.leavesEnded);
        long most = base + flow.comesBegun - then.comesEnded;
        long balance = balances.getOrDefault(account, 0L);
        if (balance < least || balance > most) {
          findings.wrong(
              "wrong-balance", "op", read, "account", account, "least", least, "most", most);
        }
      }
    }

    private Flow flow(Operation transfer, String side) {
      Object account = Fields.name(Fields.of(transfer.argument(), side));
      return flows.computeIfAbsent(account == null ? "" : account, a -> new Flow());
    }

    private static @Nullable Long amount(Operation transfer) {
      return Fields.number(transfer.argument(), "amount");
    }

    private static long sum(Map<Object, Long> balances) {
      return balances.values().stream().mapToLong(Long::longValue).sum();
    }

    private static @Nullable Map<Object, Long> balances(Operation read) {
      if (!(read.result() instanceof Map<?, ?> map)) {
        return null;
      }
      Map<Object, Long> balances = new HashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Long balance = Fields.number(entry.getValue());
        Object account = Fields.name(entry.getKey());
        if (balance != null && account != null) {
          balances.put(account, balance);
        }
      }
      return balances;
    }
  }
}
