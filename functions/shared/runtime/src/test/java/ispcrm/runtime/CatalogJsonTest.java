package ispcrm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.function.json.JsonMapper;

/**
 * Our replacement for a class of Spring Cloud Function has every method that the catalog may call.
 */
class CatalogJsonTest {

  @Test
  void theReplacementHasTheMethodsOfTheLibrarysClass() throws Exception {
    Set<String> expected = methods(new Library().load());
    assertThat(expected).hasSizeGreaterThan(5);
    assertThat(methods(JsonMapper.class)).isEqualTo(expected);
  }

  /** Loads the library's own class instead of the one that replaces it. */
  private static final class Library extends ClassLoader {

    Library() {
      super(JsonMapper.class.getClassLoader());
    }

    Class<?> load() throws IOException {
      String name = JsonMapper.class.getName();
      List<URL> copies =
          Collections.list(getResources(name.replace('.', '/') + ".class")).stream()
              .filter(url -> url.toString().contains("spring-cloud-function-context"))
              .toList();
      assertThat(copies).hasSize(1);
      try (InputStream in = copies.get(0).openStream()) {
        byte[] code = in.readAllBytes();
        return defineClass(name, code, 0, code.length);
      }
    }
  }

  private static Set<String> methods(Class<?> type) {
    Set<String> methods = new TreeSet<>();
    Arrays.stream(type.getDeclaredMethods())
        .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic())
        .map(Method::toGenericString)
        .forEach(methods::add);
    return methods;
  }
}
