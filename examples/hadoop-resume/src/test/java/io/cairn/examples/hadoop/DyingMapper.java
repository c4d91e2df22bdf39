package io.cairn.examples.hadoop;

import io.cairn.client.TaskRun;
import java.io.IOException;

/** A mapper that dies in the midst of the split that does not begin the file. */
public class DyingMapper extends ResumingMapper {
  /** Setting: how it dies. */
  static final String DEATH = "test.death";

  /** The record behind which it dies, by its number in the split. */
  static final long LAST_RECORD = 2_500;

  static final int HALTED = 137;

  private boolean isFirstSplit;
  private String death = "";

  @Override
  public void run(Context context) throws IOException, InterruptedException {
    death = context.getConfiguration().get(DEATH);
    isFirstSplit = context.getInputSplit().toString().contains(":0+");
    super.run(context);
  }

  @Override
  protected void added(TaskRun<?> task, long record) {
    if (isFirstSplit || record != LAST_RECORD) {
      return;
    }
    if (death.equals("halt")) {
      // So that the test knows which checkpoint is the newest; its process is gone all the same.
      task.flush();
      Runtime.getRuntime().halt(HALTED);
    }
    throw new IllegalStateException("record " + record);
  }
}
