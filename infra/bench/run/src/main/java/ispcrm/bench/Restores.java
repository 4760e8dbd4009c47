package ispcrm.bench;

import ispcrm.emulation.LambdaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the first calls after a restore, the warm calls that follow, and the snapshot's size.
 */
final class Restores {
  private static final int FIRST_CALLS = 30;

  private static final int WARM_CALLS = 300;

  /** The first of the warm calls that counts. */
  private static final int WARM_FROM = 150;

  /**
   * How long Java keeps an idle connection. A real restore comes later than that, so no handler may
   * find the connection of its priming alive.
   */
  private static final int IDLE_MILLIS = 5_500;

  private final Functions functions;
  private final int rounds;

  /** What is measured of each restore, in milliseconds or MiB. */
  private enum Kind {
    UNPRIMED,
    FIRST,
    NEXT,
    WARM,
    MEMORY
  }

  Restores(Functions functions, Options options) {
    this.functions = functions;
    this.rounds = options.rounds();
  }

  Chapter chapter() throws Exception {
    Chapter chapter = new Chapter("restore");
    chapter.line(
        """
        SnapStart is emulated: the process runs its hooks, waits at the point where Lambda takes the snapshot until its idle
        connections have expired, and resumes with new credentials, which the first call fetches. Its flags are those of Lambda
        and of the template, and its memory is that of the template. Unprimed is the first call of a process that ran no hooks. The
        time of the restore itself, and of loading memory pages on demand, can be measured only on Lambda. Warm is the median of
        the calls %d to %d that follow in the same process. The snapshot is the resident memory after priming. The ratios are
        those of each round: "first to warm" is without what no-op takes in the same round, because it does not depend on the function.
        bare is primed with one call, as in AWS's samples; "no options" means without the template's options for Java, as in the
        samples too. The first round warms up DynamoDB Local and is not counted.
        """,
        WARM_FROM, WARM_CALLS);
    List<Subject> subjects = new ArrayList<>(functions.mostUsed());
    Subject bare = functions.bare();
    Subject sample = functions.bareWithoutOptions();
    Subject noop = functions.noop();
    subjects.addAll(List.of(bare, sample, noop));
    Map<Subject, Map<Kind, List<Double>>> measured = new LinkedHashMap<>();
    for (Subject subject : subjects) {
      measured.put(subject, new EnumMap<>(Kind.class));
    }
    Progress progress = new Progress("restore, rounds", rounds);
    for (int round = 0; round <= rounds; round++) {
      List<Subject> order = new ArrayList<>(subjects);
      Collections.rotate(order, round);
      for (Subject subject : order) {
        measure(subject, round == 0 ? new EnumMap<>(Kind.class) : measured.get(subject));
      }
      progress.at(round);
    }
    chapter.line(
        "| | unprimed ms | first ms | calls 2 to %d ms | warm ms | first to warm | first to bare's | first to bare's,"
            + " no options | calls 2 to %d to warm | warm to bare's | snapshot MiB |%n"
            + "|---|---|---|---|---|---|---|---|---|---|---|",
        FIRST_CALLS, FIRST_CALLS);
    for (Subject subject : subjects) {
      row(
          chapter,
          subject,
          measured.get(subject),
          measured.get(bare),
          measured.get(sample),
          measured.get(noop));
    }
    return chapter;
  }

  private static void measure(Subject subject, Map<Kind, List<Double>> measured) throws Exception {
    Path folder = Files.createTempDirectory("bench");
    try (LambdaProcess process = subject.start(folder)) {
      add(measured, Kind.UNPRIMED, subject.call(process));
    } finally {
      Subject.delete(folder);
    }
    folder = Files.createTempDirectory("bench");
    try (LambdaProcess process = subject.startForSnapshot(folder)) {
      process.awaitSnapshot();
      add(measured, Kind.MEMORY, Subject.memory(process.pid()));
      Thread.sleep(IDLE_MILLIS);
      process.restore("AFTER");
      process.awaitReady();
      add(measured, Kind.FIRST, subject.call(process));
      List<Double> next = new ArrayList<>();
      for (int call = 2; call <= FIRST_CALLS; call++) {
        next.add(subject.call(process));
      }
      add(measured, Kind.NEXT, new Series(next).median());
      List<Double> warm = new ArrayList<>();
      for (int call = 0; call < WARM_CALLS; call++) {
        double milliseconds = subject.call(process);
        if (call >= WARM_FROM) {
          warm.add(milliseconds);
        }
      }
      add(measured, Kind.WARM, new Series(warm).median());
    } finally {
      Subject.delete(folder);
    }
  }

  private static void add(Map<Kind, List<Double>> measured, Kind kind, double value) {
    measured.computeIfAbsent(kind, absent -> new ArrayList<>()).add(value);
  }

  private void row(
      Chapter chapter,
      Subject subject,
      Map<Kind, List<Double>> own,
      Map<Kind, List<Double>> bare,
      Map<Kind, List<Double>> sample,
      Map<Kind, List<Double>> noop) {
    Map<Kind, Series> series = new EnumMap<>(Kind.class);
    own.forEach((kind, values) -> series.put(kind, new Series(values)));
    boolean isNoop = own == noop;
    Series firstToWarm =
        isNoop
            ? null
            : series
                .get(Kind.FIRST)
                .minus(new Series(noop.get(Kind.FIRST)))
                .to(series.get(Kind.WARM).minus(new Series(noop.get(Kind.WARM))));
    Series firstToBare = series.get(Kind.FIRST).to(new Series(bare.get(Kind.FIRST)));
    Series firstToSample = series.get(Kind.FIRST).to(new Series(sample.get(Kind.FIRST)));
    Series nextToWarm = series.get(Kind.NEXT).to(series.get(Kind.WARM));
    Series warmToBare = series.get(Kind.WARM).to(new Series(bare.get(Kind.WARM)));
    if (!isNoop) {
      chapter.figure(subject.name() + " first to warm", firstToWarm);
    }
    chapter.figure(subject.name() + " first to bare", firstToBare);
    chapter.figure(subject.name() + " first to bare without options", firstToSample);
    chapter.figure(subject.name() + " next to warm", nextToWarm);
    chapter.figure(subject.name() + " warm to bare", warmToBare);
    chapter.figure(subject.name() + " snapshot MiB", series.get(Kind.MEMORY));
    chapter.line(
        "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |",
        subject.name(),
        series.get(Kind.UNPRIMED).text(0),
        series.get(Kind.FIRST).text(1),
        series.get(Kind.NEXT).text(2),
        series.get(Kind.WARM).text(2),
        isNoop ? "–" : firstToWarm.text(1),
        firstToBare.text(2),
        firstToSample.text(2),
        nextToWarm.text(2),
        warmToBare.text(2),
        series.get(Kind.MEMORY).text(0));
  }
}
