package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a checker says of histories that have just too little in them, and just enough. */
class LeastToLookAtTest {
  /** Operations one after the other, each by its name and what it returned. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set      | read [] | :unknown",
        "set      | add 1; read [1] | true",
        "set      | read [] ; read [] | :unknown",
        "counter  | read 0 | :unknown",
        "counter  | add 1; read 1 | true",
        "bank     | read {0 10} | :unknown",
        "bank     | read {}; read {} | :unknown",
        "bank     | read {0 10}; read {0 10} | true",
        "append   | txn [[:r 1 nil]] | :unknown",
        "append   | txn [[:append 1 1]] | :unknown",
        "append   | txn [[:append 1 1]]; txn [[:r 1 [1]]] | true",
        "lock     | acquire {:token 1} | :unknown",
        "lock     | acquire {:token 1}; write {:token 1 :v 1} | :unknown",
        "lock     | acquire {:token 1}; acquire {:token 2} | true",
        "lock     | acquire {:token 1}; write {:token 1 :v 1}; write {:token 1 :v 2} | true",
        "lease    | claim {:epoch 1 :ttl 1} | :unknown",
        "lease    | claim {:epoch 1 :ttl 1}; read {:epoch 1} | true",
        "lease    | claim {:epoch 1 :ttl 0}; claim {:epoch 2 :ttl 0} | true",
        "task     | claim {:epoch 1} | :unknown",
        "task     | claim {:epoch 1}; claim {:epoch 2} | true",
        "task     | claim {:epoch 1}; append {:epoch 1 :id 1 :index 0} | true",
        "recovery | recover {:epoch 0 :seq 0 :data :absent :log []} | :unknown",
        "recovery | append {:epoch 1 :id 1 :index 0} | :unknown",
        "recovery | append {:epoch 1 :id 1 :index 0}; recover {:epoch 1 :log [1]} | true",
        "watch    | watch {:from 0 :to 1 :events []} | :unknown",
        "watch    | put {:k 1 :v 1 :rev 1}; watch {:from 0 :to 1 :events [{:rev 1 :k 1 :v 1}]} |"
            + " true",
        "register | write 1 | :unknown",
        "register | write 1; read 1 | true",
      })
  void tooLittleIsUnknown(String workload, String operations, String valid) {
    String[] each = operations.split(";", -1);
    String[] lines = new String[2 * each.length];
    for (int i = 0; i < each.length; i++) {
      String[] parts = each[i].trim().split(" ", 2);
      boolean isSent = !parts[0].equals("read") && !parts[0].equals("recover");
      String sent = isSent ? parts[1] : "nil";
      lines[2 * i] = "0 invoke " + parts[0] + " " + (parts[0].equals("watch") ? "nil" : sent);
      lines[2 * i + 1] = "0 ok " + parts[0] + " " + parts[1];
    }
    assertThat(Checkers.check(workload, Histories.of(lines)).toMap().get("valid?").toString())
        .isEqualTo(valid);
  }
}
