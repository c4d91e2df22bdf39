package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import org.junit.jupiter.api.Test;

class JavaTextTest {
  @Test
  void bodiesOfMethodsAreMeasuredFromBraceToBrace() {
    JavaText text =
        new JavaText(
            """
            class A {
              enum E { X("{") { int f() { return 1; } } }
              void m(int a) {
                if (a > 0) {
                  String s = "}";
                }
              }
              // a comment with a brace {
              final Runnable r = new Runnable() {
                public void run() {
                }
              };
              static { }
            }
            """);

    assertThat(text.bodies())
        .extracting(JavaText.Body::firstLine, JavaText.Body::lineCount)
        .containsExactly(tuple(2, 1), tuple(3, 5), tuple(10, 2), tuple(13, 1));
  }

  @Test
  void literalsAndCommentsAreBlankedButLinesStay() {
    JavaText text = new JavaText("int a; /* one\ntwo */ String s = \"System.out\"; // end\n'\\''");

    assertThat(text.code()).doesNotContain("two", "System", "end", "'").hasLineCount(3);
  }
}
