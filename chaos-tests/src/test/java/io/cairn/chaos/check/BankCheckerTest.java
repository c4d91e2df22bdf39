package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BankCheckerTest {
  private static final String READ = "0 invoke read nil";

  @Test
  void accountThatALaterReadDoesNotShowHasNothing() {
    assertThat(check(READ, "0 ok read {0 10, 1 10}", READ, "0 ok read {0 20}"))
        .startsWith("{valid?=false")
        .contains("wrong-balance=");
    assertThat(check(READ, "0 ok read {0 10}", READ, "0 ok read {0 5, 1 5}"))
        .startsWith("{valid?=false");
    assertThat(check(READ, "0 ok read {0 10, 1 0}", READ, "0 ok read {0 10}"))
        .startsWith("{valid?=true");
  }

  /** What may have gone to the one account is in another, which only one of the reads shows. */
  @Test
  void moneyInAnAccountThatNobodyPaidIntoIsFound() {
    String transfer = "transfer {:from 0 :to 1 :amount 5}";
    assertThat(
            check(
                READ,
                "0 ok read {0 10, 1 0}",
                "1 invoke " + transfer,
                "1 info " + transfer,
                READ,
                "0 ok read {0 5, 2 5}"))
        .startsWith("{valid?=false")
        .contains("wrong-balance=1");
  }

  @Test
  void accountsMayBeKeysOfAMapAndNumbersOfATransfer() {
    String transfer = "transfer {:from 0 :to 1 :amount 4}";
    for (String balances : new String[] {"{\"0\" %d \"1\" %d}", "{0 %d 1 %d}", "{:a0 %d :a1 %d}"}) {
      boolean named = balances.contains("a0");
      String move = named ? "transfer {:from \"a0\" :to :a1 :amount 4}" : transfer;
      assertThat(
              check(
                  READ,
                  "0 ok read " + balances.formatted(10, 10),
                  "1 invoke " + move,
                  "1 ok " + move,
                  READ,
                  "0 ok read " + balances.formatted(6, 14)))
          .as(balances)
          .startsWith("{valid?=true");
    }
  }

  @Test
  void accountThatWasPaidIntoMayBeNew() {
    String transfer = "transfer {:from 0 :to 1 :amount 4}";
    assertThat(
            check(
                READ,
                "0 ok read {0 10}",
                "1 invoke " + transfer,
                "1 ok " + transfer,
                READ,
                "0 ok read {0 6, 1 4}"))
        .startsWith("{valid?=true");
  }

  @Test
  void balanceThatIsNoLongIsUnknownWithItsIndex() {
    for (String balance : new String[] {"nil", "10.5", "99999999999999999999", "\"10\"", "[1]"}) {
      assertThat(
              check(
                  READ,
                  "0 ok read {0 10, 1 10}",
                  READ,
                  "0 ok read {0 10, 1 10}",
                  READ,
                  "0 ok read {0 20, 1 " + balance + "}"))
          .as(balance)
          .startsWith("{valid?=:unknown")
          .contains("the read at index 4 does not show whole balances");
    }
  }

  @Test
  void noAccountsAtAllAreUnknown() {
    assertThat(check(READ, "0 ok read {}", READ, "0 ok read {}")).startsWith("{valid?=:unknown");
    assertThat(check(READ, "0 ok read {0 10}")).startsWith("{valid?=:unknown");
  }

  @Test
  void transferThatDoesNotSayWhatItMovedIsUnknown() {
    assertThat(
            check(
                READ,
                "0 ok read {0 10, 1 10}",
                "1 invoke transfer {:from 0 :to 1 :amount 99999999999999999999}",
                "1 info transfer nil",
                READ,
                "0 ok read {0 5, 1 15}"))
        .startsWith("{valid?=:unknown")
        .contains("the transfer at index 2");
  }

  @Test
  void negativeAmountGoesTheOtherWay() {
    String transfer = "transfer {:from 0 :to 1 :amount -4}";
    for (String read : new String[] {"{0 10, 1 10}", "{0 14, 1 6}"}) {
      assertThat(
              check(
                  READ,
                  "0 ok read {0 10, 1 10}",
                  "1 invoke " + transfer,
                  "1 info " + transfer,
                  READ,
                  "0 ok read " + read))
          .as(read)
          .startsWith("{valid?=true");
    }
  }

  @Test
  void sumsDoNotWrapAround() {
    String rich = "{0 " + Long.MAX_VALUE + ", 1 " + Long.MAX_VALUE + "}";
    assertThat(check(READ, "0 ok read " + rich, READ, "0 ok read {0 -2, 1 0}"))
        .startsWith("{valid?=:unknown")
        .contains("do not fit into 64 bits");
  }

  private static String check(String... lines) {
    return Checkers.check("bank", Histories.of(lines)).toMap().toString();
  }
}
