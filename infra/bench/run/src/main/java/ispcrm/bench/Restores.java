package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures the first call after a restore, unprimed and primed, and the warm calls that follow. */
final class Restores {
  /** The first half of them is not counted. */
  private static final int WARM_CALLS = 300;

  private final Functions functions;
  private final int rounds;

  Restores(Functions functions, Options options) {
    this.functions = functions;
    this.rounds = options.rounds();
  }

  Chapter chapter() throws Exception {
    Chapter chapter = new Chapter("restore");
    chapter.line(
        """
        SnapStart is emulated: the process runs its hooks, waits at the point where Lambda takes the snapshot, and resumes with
        new credentials, which the first call fetches. Unprimed is the first call of a process that ran no hooks. The time of
        the restore itself, and of loading memory pages on demand, can be measured only on Lambda. Warm is the median of the
        calls %d to %d that follow in the same process.
        """,
        WARM_CALLS / 2, WARM_CALLS);
    chapter.line(
        "| | unprimed ms | primed ms | warm ms | primed to warm, each in its process |%n"
            + "|---|---|---|---|---|");
    List<Subject> all = functions.all();
    Progress progress = new Progress("restore, functions", all.size());
    for (Subject subject : all) {
      measure(chapter, subject);
      progress.at(all.indexOf(subject) + 1);
    }
    return chapter;
  }

  private void measure(Chapter chapter, Subject subject) throws Exception {
    List<Double> unprimed = new ArrayList<>();
    List<Double> primed = new ArrayList<>();
    List<Double> warm = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Path folder = Files.createTempDirectory("bench");
      try (LambdaProcess process = subject.start(folder)) {
        unprimed.add(subject.call(process));
      } finally {
        Subject.delete(folder);
      }
      folder = Files.createTempDirectory("bench");
      try (LambdaProcess process = subject.startForSnapshot(folder)) {
        process.awaitSnapshot();
        process.restore("AFTER");
        process.awaitReady();
        primed.add(subject.call(process));
        List<Double> following = new ArrayList<>();
        for (int call = 0; call < WARM_CALLS; call++) {
          double milliseconds = subject.call(process);
          if (call >= WARM_CALLS / 2) {
            following.add(milliseconds);
          }
        }
        warm.add(new Series(following).median());
      } finally {
        Subject.delete(folder);
      }
    }
    Series first = new Series(primed);
    Series warmCalls = new Series(warm);
    Series ratio = first.to(warmCalls);
    chapter.raw(subject.name(), "unprimed", new Series(unprimed));
    chapter.raw(subject.name(), "primed", first);
    chapter.raw(subject.name(), "warm", warmCalls);
    chapter.figure(subject.name() + " primed to warm", ratio);
    chapter.line(
        "| %s | %s | %s | %s | %s |",
        subject.name(),
        new Series(unprimed).text(0),
        first.text(1),
        warmCalls.text(2),
        ratio.text(1));
    chapter.bar("ms", subject.name() + ", unprimed", new Series(unprimed).median());
    chapter.bar("ms", subject.name() + ", primed", first.median());
    chapter.bar("ms", subject.name() + ", warm", warmCalls.median());
  }
}
