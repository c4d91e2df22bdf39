package io.cairn.core.job.redundancy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.job.redundancy.Vote.Outcome;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/** What votes come to, with results that are there and results that may still come. */
class VoteTest {
  private static final BiPredicate<Double, Double> EQUAL = Double::equals;

  private static boolean near(Double one, Double other) {
    return Math.abs(one - other) <= 1;
  }

  private static Vote majority(int toCome, Double... results) {
    return Vote.majority(List.of(results), toCome, EQUAL);
  }

  @Test
  void moreThanHalfOfAllVotesAcceptThoughOthersAreStillToCome() {
    assertThat(majority(1, 7.0, 7.0)).isEqualTo(new Vote(Outcome.ACCEPTED, List.of(0, 1)));
    assertThat(majority(2, 7.0, 7.0).outcome()).as("half is not more").isEqualTo(Outcome.OPEN);
    assertThat(majority(0, 1.0, 7.0, 7.0)).isEqualTo(new Vote(Outcome.ACCEPTED, List.of(1, 2)));
  }

  @Test
  void oneResultAloneIsAcceptedOnlyIfNoOtherMayCome() {
    assertThat(majority(0, 7.0)).isEqualTo(new Vote(Outcome.ACCEPTED, List.of(0)));
    assertThat(majority(1, 7.0).outcome()).isEqualTo(Outcome.OPEN);
  }

  @Test
  void noResultIsNoMajority() {
    assertThat(majority(0).outcome()).isEqualTo(Outcome.NONE);
    assertThat(majority(3).outcome()).isEqualTo(Outcome.OPEN);
  }

  @Test
  void twoAgainstEachOtherAreATieOnlyWhenNothingIsToCome() {
    assertThat(majority(0, 1.0, 2.0)).isEqualTo(new Vote(Outcome.TIE, List.of()));
    assertThat(majority(1, 1.0, 2.0).outcome()).isEqualTo(Outcome.OPEN);
    assertThat(majority(0, 1.0, 1.0, 2.0, 2.0).outcome()).isEqualTo(Outcome.NONE);
  }

  @Test
  void itIsOverAsSoonAsWhatIsToComeCannotMakeAMajority() {
    assertThat(majority(0, 1.0, 2.0, 3.0).outcome()).isEqualTo(Outcome.NONE);
    assertThat(majority(1, 1.0, 2.0, 3.0, 4.0).outcome()).isEqualTo(Outcome.NONE);
    assertThat(majority(2, 1.0, 2.0, 3.0).outcome()).isEqualTo(Outcome.OPEN);
  }

  @Test
  void theFirstResultThatSpeaksForTheMostDecidesWhereLikenessIsNotTransitive() {
    Vote vote = Vote.majority(List.of(0.0, 1.0, 2.0), 0, VoteTest::near);
    assertThat(vote).isEqualTo(new Vote(Outcome.ACCEPTED, List.of(0, 1, 2)));
    assertThat(Vote.majority(List.of(0.0, 1.0, 5.0, 6.0, 9.0), 0, VoteTest::near).outcome())
        .isEqualTo(Outcome.NONE);
    assertThat(Vote.majority(List.of(0.0, 1.0, 5.0), 0, VoteTest::near).agreeing())
        .containsExactly(0, 1);
  }

  @Test
  void allMustAgreeEachWithEach() {
    assertThat(Vote.unanimity(List.of(1.0, 1.0, 1.0), 0, EQUAL))
        .isEqualTo(new Vote(Outcome.ACCEPTED, List.of(0, 1, 2)));
    assertThat(Vote.unanimity(List.of(0.0, 1.0, 2.0), 0, VoteTest::near).outcome())
        .isEqualTo(Outcome.NONE);
    assertThat(Vote.unanimity(List.of(1.0, 2.0), 5, EQUAL).outcome())
        .as("at once, whatever is still to come")
        .isEqualTo(Outcome.NONE);
    assertThat(Vote.unanimity(List.of(1.0, 1.0), 1, EQUAL).outcome()).isEqualTo(Outcome.OPEN);
    assertThat(Vote.unanimity(List.<Double>of(), 0, EQUAL).outcome()).isEqualTo(Outcome.OPEN);
  }

  @Test
  void majoritiesOfAnyNumberAreMoreThanHalfAndNoMoreThanNeeded() {
    for (int votes = 0; votes <= 9; votes++) {
      int needed = Vote.needed(votes);
      assertThat(2 * needed).isGreaterThan(votes);
      assertThat(2 * (needed - 1)).isLessThanOrEqualTo(votes);
    }
  }
}
