package ispcrm.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Measures the time from process start to ready and to the first response, on one processor. */
final class ColdStarts {
  private final Functions functions;
  private final int rounds;

  ColdStarts(Functions functions, Options options) {
    this.functions = functions;
    this.rounds = options.rounds();
  }

  /** Every function and the baselines. */
  Chapter chapter() throws Exception {
    List<Subject> subjects = new ArrayList<>(functions.all());
    Subject bare = functions.bare();
    subjects.addAll(List.of(bare, functions.noop()));
    Chapter chapter = new Chapter("cold-start");
    chapter.line(
        "bare is a `RequestStreamHandler` that does get-user's read with the same SDK and Jackson's"
            + " data binding; no-op does nothing.%n");
    measure(chapter, subjects, bare);
    return chapter;
  }

  private void measure(Chapter chapter, List<Subject> subjects, Subject base) throws Exception {
    Map<Subject, List<Subject.Start>> starts = new LinkedHashMap<>();
    Progress progress = new Progress(chapter.name() + ", rounds", rounds);
    // The first round warms up the machine and is not counted.
    for (int round = 0; round <= rounds; round++) {
      // The order changes, so that the position in a round does not matter.
      List<Subject> order = new ArrayList<>(subjects);
      Collections.rotate(order, round);
      for (Subject subject : order) {
        Subject.Start start = subject.coldStart();
        if (round > 0) {
          starts.computeIfAbsent(subject, key -> new ArrayList<>()).add(start);
        }
      }
      progress.at(round);
    }
    chapter.line(
        "| | ready ms | first response ms | processor ms | to bare | processor, to bare | RSS MiB"
            + " | classes | package MB |%n|---|---|---|---|---|---|---|---|---|");
    for (Subject subject : subjects) {
      row(chapter, subject, starts.get(subject), starts.get(base));
    }
  }

  private static void row(
      Chapter chapter, Subject subject, List<Subject.Start> starts, List<Subject.Start> base)
      throws Exception {
    Series ready = series(starts, Subject.Start::ready);
    Series response = series(starts, Subject.Start::response);
    Series processor = series(starts, Subject.Start::processor);
    Series memory = series(starts, Subject.Start::memory);
    long classes = subject.classes();
    Series ratio = response.to(series(base, Subject.Start::response));
    Series processorRatio = processor.to(series(base, Subject.Start::processor));
    chapter.figure(subject.name() + " to bare", ratio);
    chapter.figure(subject.name() + " processor to bare", processorRatio);
    chapter.figure(subject.name() + " classes", (double) classes);
    chapter.line(
        "| %s | %s | %s | %s | %.2f | %.2f | %s | %d | %.1f |",
        subject.name(),
        ready.text(0),
        response.text(0),
        processor.text(0),
        ratio.median(),
        processorRatio.median(),
        memory.text(0),
        classes,
        Files.size(subject.code()) / 1e6);
  }

  private static Series series(List<Subject.Start> starts, ToDoubleFunction<Subject.Start> kind) {
    return new Series(starts.stream().map(start -> kind.applyAsDouble(start)).toList());
  }
}
