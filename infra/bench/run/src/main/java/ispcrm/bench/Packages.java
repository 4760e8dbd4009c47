package ispcrm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Measures the sizes of the packages and of their largest parts. */
final class Packages {
  private static final int LARGEST = 10;

  private final Functions functions;

  Packages(Functions functions) {
    this.functions = functions;
  }

  Chapter chapter() throws IOException {
    Chapter chapter = new Chapter("package");
    chapter.line("The ten largest parts of each jar, with their compressed sizes in kB.%n");
    chapter.line("| | MB | files | largest parts |%n|---|---|---|---|");
    List<Subject> all = new ArrayList<>(functions.all());
    all.add(functions.bare());
    all.add(functions.invoker());
    for (Subject subject : all) {
      double megabytes = Files.size(subject.jar()) / 1e6;
      Map<String, Long> parts = new HashMap<>();
      int files;
      try (ZipFile jar = new ZipFile(subject.jar().toFile())) {
        files = jar.size();
        jar.stream()
            .filter(entry -> !entry.isDirectory())
            .forEach(entry -> parts.merge(part(entry), entry.getCompressedSize(), Long::sum));
      }
      chapter.figure(subject.name() + " MB", megabytes);
      chapter.bar("MB", subject.name(), megabytes);
      chapter.line(
          "| %s | %.1f | %,d | %s |",
          subject.name(),
          megabytes,
          files,
          parts.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
              .limit(LARGEST)
              .map(
                  part ->
                      String.format(Locale.ROOT, "%s %,d", part.getKey(), part.getValue() / 1000))
              .collect(Collectors.joining(", ")));
    }
    return chapter;
  }

  /** The first three names of its package, and one more of the SDK, which lies in one folder. */
  private static String part(ZipEntry entry) {
    String[] path = entry.getName().split("/", -1);
    int depth = entry.getName().startsWith("software/amazon/awssdk/") ? 4 : 3;
    return String.join(".", Arrays.copyOf(path, Math.max(1, Math.min(depth, path.length - 1))));
  }
}
