package ispcrm.desugar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes the lambda expressions and method references out of a jar: in their places come classes
 * that are in the jar. Java makes a class for each of them while the program runs, which is half a
 * millisecond of a function's cold start, some five hundred times.
 *
 * <p>Classes of Java 11 and later stay as they are. Older ones belong to no nest (JEP 181), so that
 * each can be made the host of one, in which its new classes reach what is private to it.
 *
 * @see <a href="https://openjdk.org/jeps/181">JEP 181: Nest-Based Access Control</a>
 */
public final class Desugar {

  private Desugar() {}

  /**
   * @param arguments the path of a jar, which is replaced
   */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
    try {
      rewrite(jar, rewritten);
      Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(rewritten);
    }
  }

  static void rewrite(Path jar, Path target) throws IOException {
    try (ZipFile in = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      out.setLevel(Deflater.BEST_COMPRESSION);
      Enumeration<? extends ZipEntry> entries = in.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        byte[] content = in.getInputStream(entry).readAllBytes();
        Map<String, byte[]> files =
            isOldClass(entry.getName(), content)
                ? HostClass.rewrite(content)
                : Map.of(entry.getName(), content);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          ZipEntry written = new ZipEntry(file.getKey());
          written.setTime(entry.getTime());
          out.putNextEntry(written);
          out.write(file.getValue());
        }
      }
    }
  }

  private static boolean isOldClass(String name, byte[] content) {
    return name.endsWith(".class") && ByteBuffer.wrap(content).getShort(6) < HostClass.VERSION;
  }
}
