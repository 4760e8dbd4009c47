package ispcrm.desugar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** A jar does the same before and after. */
class DesugarTest {
  @TempDir private Path folder;
  private Path before;
  private Path after;

  @BeforeEach
  void compileForJava8() throws IOException {
    before = compile("8");
    after = folder.resolve("after.jar");
  }

  @Test
  void lambdaExpressionsDoWhatTheyDid() throws Exception {
    Desugar.rewrite(before, after);

    assertThat(results(after)).isEqualTo(results(before)).contains("own78" + "0.5", "thrown");
  }

  @Test
  void noLambdaIsLeftButSerializableAndWideningOnes() throws Exception {
    assertThat(lambdas(before)).hasSize(30);

    Desugar.rewrite(before, after);

    assertThat(lambdas(after))
        .containsExactlyInAnyOrder(
            "altMetafactory Supplier", "altMetafactory Supplier", "metafactory ToLongFunction");
  }

  @Test
  void classesThatKnowNestsStayAsTheyAre() throws Exception {
    Path newer = compile("11");

    Desugar.rewrite(newer, after);

    assertThat(contents(after)).isEqualTo(contents(newer));
  }

  @Test
  void theJarIsReplaced() throws Exception {
    List<Object> results = results(before);

    Desugar.main(new String[] {before.toString()});

    assertThat(lambdas(before)).hasSize(3);
    assertThat(results(before)).isEqualTo(results);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".jar"))).containsExactly(before);
    }
  }

  private Path compile(String release) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes" + release));
    String source = DesugarTest.class.getResource("/sample/Sample.java").getPath();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                release,
                "-nowarn",
                "-d",
                classes.toString(),
                source);
    assertThat(status).isZero();
    Path jar = folder.resolve("sample" + release + ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
    }
    return jar;
  }

  private static List<Object> results(Path jar) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      List<Object> results = new ArrayList<>();
      results.addAll((List<?>) loader.loadClass("sample.Sample").getMethod("results").invoke(null));
      return results;
    }
  }

  /** Those that the JVM makes while it runs: by whom, and the functional interface. */
  private static List<String> lambdas(Path jar) throws IOException {
    List<String> lambdas = new ArrayList<>();
    for (var file : contents(jar).entrySet()) {
      if (file.getKey().endsWith(".class")) {
        new ClassReader(file.getValue().getBytes(StandardCharsets.ISO_8859_1))
            .accept(
                new ClassVisitor(Opcodes.ASM9) {
                  @Override
                  public MethodVisitor visitMethod(
                      int access, String name, String type, String signature, String[] thrown) {
                    return new MethodVisitor(Opcodes.ASM9) {
                      @Override
                      public void visitInvokeDynamicInsn(
                          String method, String factory, Handle by, Object... arguments) {
                        lambdas.add(by.getName() + " " + factory.replaceAll(".*/|;", ""));
                      }
                    };
                  }
                },
                0);
      }
    }
    return lambdas;
  }

  private static Map<String, String> contents(Path jar) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (JarFile in = new JarFile(jar.toFile())) {
      Enumeration<JarEntry> entries = in.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        contents.put(
            entry.getName(),
            new String(in.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }
}
