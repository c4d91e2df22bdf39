package io.cairn.chaos.check;

import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transactions over lists, and what can be said of them without looking for cycles: who appended
 * what, in which order the elements of each list came, and which reads no order can explain.
 */
final class AppendHistory {
  /** One transaction that did not fail. */
  record Txn(int number, Operation operation) {}

  /** An append or a read. {@code value} is the element, or the list that was read. */
  record Micro(boolean isAppend, Object key, @Nullable Object value) {}

  /** Who appended an element; {@code isLast} if the same transaction appended no more behind it. */
  record Append(Operation operation, @Nullable Txn txn, boolean isLast) {}

  /** A list. */
  static final class AppendedList {
    private final Map<Object, Append> appends = new LinkedHashMap<>();
    private List<?> order = List.of();
    private @Nullable Operation longest;

    /** True if who appended some element is not known, so that no list tells an order. */
    private boolean isAmbiguous;

    private final Set<Integer> unread = new LinkedHashSet<>();

    /** Its elements in their order, as far as somebody read them. */
    List<?> order() {
      return order;
    }

    /** The transaction that appended an element, or -1 if none did that took effect. */
    int writer(Object element) {
      Append append = appends.get(element);
      return append == null || append.txn == null ? -1 : append.txn.number;
    }

    /** True if a list that was read begins the order. */
    boolean isPrefix(List<?> read) {
      return !isAmbiguous
          && read.size() <= order.size()
          && order.subList(0, read.size()).equals(read);
    }

    /** Transactions that took effect, and appended what nobody read: it comes behind the order. */
    Set<Integer> unread() {
      return unread;
    }
  }

  private final Map<Object, AppendedList> keys = new LinkedHashMap<>();
  private final List<Txn> txns = new ArrayList<>();
  private final Set<Txn> committed = new HashSet<>();
  private final Findings findings;
  private long reads;

  AppendHistory(List<Operation> operations, Findings findings) {
    this.findings = findings;
    for (Operation operation : operations) {
      if (operation.f().equals("txn")) {
        judgeForm(operation);
        addAppends(operation);
      }
    }
    for (Txn txn : txns) {
      if (txn.operation.isOk()) {
        committed.add(txn);
        addReads(txn);
      }
    }
    for (AppendedList key : keys.values()) {
      for (Object element : key.order) {
        Append append = key.appends.get(element);
        if (append != null && append.txn != null) {
          committed.add(append.txn);
        }
      }
    }
    for (AppendedList key : keys.values()) {
      Set<Object> read = new HashSet<>(key.order);
      key.appends.forEach(
          (element, append) -> {
            if (append.txn != null && isCommitted(append.txn) && !read.contains(element)) {
              key.unread.add(append.txn.number);
            }
          });
    }
  }

  /** How many lists were read. */
  long reads() {
    return reads;
  }

  /** How many appends are known to have taken effect. */
  long appended() {
    return keys.values().stream()
        .flatMap(key -> key.appends.values().stream())
        .filter(append -> append.txn != null && isCommitted(append.txn))
        .count();
  }

  /** Transactions that did not fail, in the order in which they began. */
  List<Txn> txns() {
    return txns;
  }

  /** The lists. */
  Map<Object, AppendedList> keys() {
    return keys;
  }

  /** True if a transaction is known to have taken effect: it said so, or somebody read of it. */
  private boolean isCommitted(Txn txn) {
    return committed.contains(txn);
  }

  /**
   * Appends and reads of a transaction; with what was read if it is definite, else without value.
   */
  static List<Micro> micros(Operation operation) {
    List<Micro> micros = new ArrayList<>();
    boolean isKnown = returned(operation) != null;
    for (Object element : parts(operation)) {
      List<?> parts = Fields.list(element);
      if (parts == null || parts.size() < 2 || parts.get(1) == null) {
        continue;
      }
      Object f = Fields.name(parts.get(0));
      Object of = parts.size() > 2 ? parts.get(2) : null;
      if ("append".equals(f) && of != null) {
        micros.add(new Micro(true, parts.get(1), of));
      } else if ("r".equals(f) || "read".equals(f)) {
        Object read = Fields.isAbsent(of) ? List.of() : of;
        micros.add(new Micro(false, parts.get(1), isKnown ? read : null));
      }
    }
    return micros;
  }

  /** What a transaction returned, if that tells of each of its parts. */
  private static @Nullable List<?> returned(Operation operation) {
    List<?> returned = Fields.list(operation.result());
    List<?> sent = Fields.list(operation.argument());
    return returned == null || sent == null || returned.size() == sent.size() ? returned : null;
  }

  /** The parts as they were returned, or else as they were sent. */
  private static List<?> parts(Operation operation) {
    List<?> returned = returned(operation);
    List<?> parts = returned == null ? Fields.list(operation.argument()) : returned;
    return parts == null ? List.of() : parts;
  }

  /** Transactions that tell something else than appends and lists leave the history unknown. */
  private void judgeForm(Operation operation) {
    if (operation.isFail()) {
      return;
    }
    List<Micro> micros = micros(operation);
    boolean isClear = micros.size() == parts(operation).size();
    isClear &= returned(operation) != null || Fields.list(operation.argument()) != null;
    for (Micro micro : micros) {
      isClear &= micro.isAppend || !operation.isOk() || Fields.list(micro.value) != null;
    }
    if (!isClear) {
      findings.unsure("what the transaction at index " + operation.begin() + " did is not clear");
    }
  }

  private void addAppends(Operation operation) {
    Txn txn = operation.isFail() ? null : new Txn(txns.size(), operation);
    if (txn != null) {
      txns.add(txn);
    }
    Map<Object, Object> last = new HashMap<>();
    List<Micro> micros = micros(operation);
    for (Micro micro : micros) {
      if (micro.isAppend && micro.value != null) {
        last.put(micro.key, micro.value);
      }
    }
    for (Micro micro : micros) {
      if (!micro.isAppend || micro.value == null) {
        continue;
      }
      boolean isLast = micro.value.equals(last.get(micro.key));
      add(key(micro.key), micro, new Append(operation, txn, isLast));
    }
  }

  /** One that failed has had no effect: another of the same element is then the one. */
  private void add(AppendedList key, Micro micro, Append append) {
    Object element = micro.value == null ? "" : micro.value;
    Append before = key.appends.get(element);
    if (before == null || before.txn == null) {
      key.appends.put(element, append);
    } else if (append.txn != null) {
      key.isAmbiguous = true;
      findings.unsure("element " + element + " is appended twice to " + micro.key);
    }
  }

  private AppendedList key(Object name) {
    return keys.computeIfAbsent(name, n -> new AppendedList());
  }

  private void addReads(Txn txn) {
    Map<Object, List<Object>> known = new HashMap<>();
    Map<Object, List<Object>> own = new HashMap<>();
    for (Micro micro : micros(txn.operation)) {
      if (micro.isAppend) {
        if (micro.value != null) {
          own.computeIfAbsent(micro.key, k -> new ArrayList<>()).add(micro.value);
        }
        continue;
      }
      List<?> read = Fields.list(micro.value);
      if (read == null) {
        continue;
      }
      reads++;
      List<Object> mine = own.computeIfAbsent(micro.key, k -> new ArrayList<>());
      agreesWithItself(txn, micro.key, known.get(micro.key), mine, read);
      known.put(micro.key, new ArrayList<>(read));
      mine.clear();
      addRead(txn, micro.key, read);
    }
  }

  /** Within a transaction a list is what was read of it last, and behind that what it appended. */
  private void agreesWithItself(
      Txn txn, Object key, @Nullable List<Object> known, List<Object> own, List<?> read) {
    int from = read.size() - own.size();
    boolean agrees = from >= 0 && read.subList(from, read.size()).equals(own);
    if (agrees && known != null) {
      agrees = read.subList(0, from).equals(known);
    }
    if (!agrees) {
      findings.wrong("internal", "op", txn.operation, "key", key, "appended", List.copyOf(own));
    }
  }

  private void addRead(Txn txn, Object name, List<?> read) {
    AppendedList key = key(name);
    if (key.isAmbiguous) {
      return;
    }
    Set<Object> seen = new HashSet<>();
    for (Object element : read) {
      if (!seen.add(element)) {
        findings.wrong("duplicate-elements", "op", txn.operation, "key", name, "element", element);
      }
      Append append = key.appends.get(element);
      if (append == null) {
        findings.wrong("from-nowhere", "op", txn.operation, "key", name, "element", element);
      } else if (append.txn == null) {
        findings.wrong("G1a", "op", txn.operation, "key", name, "failed", append.operation);
      }
    }
    Append newest = read.isEmpty() ? null : key.appends.get(read.get(read.size() - 1));
    if (newest != null && !txn.equals(newest.txn) && !newest.isLast) {
      findings.wrong("G1b", "op", txn.operation, "key", name, "between", newest.operation);
    }
    boolean isLonger = read.size() > key.order.size();
    List<?> shorter = isLonger ? key.order : read;
    List<?> longer = isLonger ? read : key.order;
    if (!longer.subList(0, shorter.size()).equals(shorter)) {
      findings.wrong("incompatible-order", "op", txn.operation, "other", key.longest, "key", name);
    } else if (isLonger) {
      key.order = List.copyOf(read);
      key.longest = txn.operation;
    }
  }
}
