package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Cairn;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a job. */
@Command(
    name = "submit",
    description = {
      "Submits the job that a file in YAML or JSON describes; - is standard input. --example writes"
          + " such a file, which explains each field.",
      "Under a submission id (--submission) a job is submitted once, however often the command runs;"
          + " without one, a name that is taken ends with 4."
    },
    footer = {
      "  cairn job submit --example > nightly.yaml",
      "  cairn job submit nightly.yaml",
      "  cairn job submit nightly.yaml --name nightly-11-25 --submission 2026-11-25 --wait 2h",
    })
final class JobSubmit extends Call {
  /** A description is stored as one value; its text may be somewhat longer. */
  private static final int FILE_BYTES_MAX = 4 * Limits.JOB_SPEC_BYTES_MAX;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The job's description; - for standard input.")
  private String file = "";

  @Option(names = "--example", description = "Write an example with all fields instead.")
  private boolean example;

  @Option(names = "--name", paramLabel = "NAME", description = "Name, in place of the file's.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--submission",
      paramLabel = "ID",
      description = "The same again is the same job. Default: a random one.")
  private Optional<String> submission = Optional.empty();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "Wait for its end: code 0 if it succeeded, 1 if not, 5 if it has not ended.")
  private Optional<Duration> wait = Optional.empty();

  @Override
  Exit run() throws IOException {
    if (example) {
      output().text(JobExample.text());
      return Exit.DONE;
    }
    if (file.isEmpty()) {
      throw usage("which job? Name a FILE, or see one with --example");
    }
    JobSpec spec =
        JobFile.read(file.equals("-") ? "standard input" : file, text(), cli().namespace(), name)
            .checked();
    try (Cairn cairn = connect()) {
      Job job =
          submission.isPresent()
              ? cairn.jobs().submit(spec, submission.get())
              : cairn.jobs().submit(spec);
      if (wait.isEmpty()) {
        output().result(JobShown.fields(job), job.name().name() + " " + job.state());
        remark(cairn, spec, job);
        return Exit.DONE;
      }
      if (!output().isJson()) {
        output().line(job.name().name() + " " + job.state());
        output().flush();
      }
      remark(cairn, spec, job);
      return ended(cairn.jobs().await(job.name(), wait.get()), job);
    }
  }

  /**
   * A submission that was made before with another file changes nothing, and a misspelt handler
   * would wait for ever: says so.
   */
  private void remark(Cairn cairn, JobSpec sent, Job submitted) {
    Optional<Job> stored = cairn.jobs().get(submitted.name());
    if (submission.isPresent()) {
      stored
          .flatMap(Job::spec)
          .flatMap(spec -> SpecDifference.between(sent, spec))
          .ifPresent(
              field ->
                  output()
                      .remark(
                          "submission '%s' was made with another specification: '%s' differs; nothing was changed"
                              .formatted(submission.get(), field)));
    }
    stored.map(Job::handlersMissing).orElse(Set.of()).stream()
        .sorted()
        .forEach(
            handler ->
                output().remark("no worker has handler '%s' yet; it waits".formatted(handler)));
  }

  private Exit ended(Optional<Job> end, Job submitted) {
    if (end.isEmpty()) {
      throw new CommandFailure(
          Exit.UNAVAILABLE,
          "job '%s' has not ended within %s; it goes on: see 'cairn job show %s'"
              .formatted(
                  submitted.name().name(),
                  Shown.duration(wait.orElse(Duration.ZERO)),
                  submitted.name().name()));
    }
    Job job = end.get();
    output().result(JobShown.fields(job), job.name().name() + " " + job.state());
    if (job.state() != JobState.SUCCEEDED) {
      throw new CommandFailure(
          Exit.FAILED,
          "job '%s' is %s%s"
              .formatted(
                  job.name().name(),
                  job.state(),
                  job.fault().map(fault -> ": " + FaultShown.line(fault)).orElse("")));
    }
    return Exit.DONE;
  }

  private String text() throws IOException {
    if (file.equals("-")) {
      return bounded(cli().world().input());
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailure(
          Exit.USAGE, file + ": is a folder, not a job's file; nothing was done");
    }
    try (InputStream content = Files.newInputStream(path)) {
      return bounded(content);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(Exit.USAGE, file + ": no such file or folder; nothing was done", e);
    }
  }

  private String bounded(InputStream input) throws IOException {
    byte[] bytes = input.readNBytes(FILE_BYTES_MAX + 1);
    if (bytes.length > FILE_BYTES_MAX) {
      throw new CommandFailure(
          Exit.USAGE,
          "%s holds more than the %d bytes of a job; nothing was done"
              .formatted(file, FILE_BYTES_MAX));
    }
    return new String(bytes, UTF_8);
  }
}
