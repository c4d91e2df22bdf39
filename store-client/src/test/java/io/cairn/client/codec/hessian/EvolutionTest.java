package io.cairn.client.codec.hessian;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.CorruptStateException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes of an Old class, read as the New class of the same name. */
class EvolutionTest {
  record Part(String name) {}

  record Gone(int value, @Nullable Part part) implements Comparable<Gone> {
    @Override
    public int compareTo(Gone other) {
      return Integer.compare(value, other.value);
    }
  }

  record OldJob(long line, Part first, int width) {}

  record NewJob(long line, Part first, long width, int added, @Nullable String text) {}

  record OldList(Set<Gone> gone, List<Gone> more, Part kept, Object last) {}

  record NewList(@Nullable Part kept) {}

  record OldTies(List<Part> gone, Part kept) {}

  record NewTies(Part kept) {}

  record OldLink(Gone gone, Part part) {}

  record NewLink(Part part) {}

  record OldSize(long size) {}

  record NewSize(int size) {}

  static final class OldBean {
    int kept = 5;
    @Nullable String removed = "removed";
  }

  static final class NewBean {
    int kept;
    int added = 9;
  }

  @Test
  void anAddedComponentGetsItsDefaultAndAWiderNumberIsTaken() {
    NewJob job = turn(new OldJob(7, new Part("a"), 3), NewJob.class);

    assertThat(job).isEqualTo(new NewJob(7, new Part("a"), 3, 0, null));
  }

  @Test
  void aFieldAddedToAClassKeepsWhatItsConstructorSets() {
    NewBean bean = turn(new OldBean(), NewBean.class);

    assertThat(bean.kept).isEqualTo(5);
    assertThat(bean.added).isEqualTo(9);
  }

  @Test
  void removedFieldsArePassedOverTogetherWithTheirClasses() {
    TreeSet<Gone> gone = new TreeSet<>(Set.of(new Gone(1, null), new Gone(2, null)));
    Part kept = new Part("kept");
    List<Gone> more = List.of(new Gone(3, new Part("inside")), new Gone(4, null));
    OldList old = new OldList(gone, more, kept, new Object[] {gone, kept, new Gone[0]});

    assertThat(turn(old, NewList.class)).isEqualTo(new NewList(kept));
  }

  @Test
  void aValueFirstMetInARemovedFieldIsThereForTheOthers() {
    Part part = new Part("tied");

    assertThat(turn(new OldTies(List.of(part), part), NewTies.class)).isEqualTo(new NewTies(part));
  }

  @Test
  void aValueLostInsideAClassThatIsGoneIsAnErrorAndNotANull() {
    Part part = new Part("lost");

    assertThatThrownBy(() -> turn(new OldLink(new Gone(1, part), part), NewLink.class))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("reference 2 is to a value of a class that is not allowed");
  }

  @Test
  void aNarrowerNumberIsTakenOnlyWhenNothingIsLost() {
    assertThat(turn(new OldSize(5), NewSize.class)).isEqualTo(new NewSize(5));
    assertThatThrownBy(() -> turn(new OldSize(1L << 40), NewSize.class))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("NewSize.size: expected int, found java.lang.Long");
  }

  @SuppressWarnings("unchecked")
  private static <T> T turn(Object old, Class<T> type) {
    byte[] bytes = Codecs.hessian((Class<Object>) old.getClass()).encode(old);
    String renamed = new String(bytes, ISO_8859_1).replace("$Old", "$New");
    return Codecs.hessian(type).decode(renamed.getBytes(ISO_8859_1), 1);
  }
}
