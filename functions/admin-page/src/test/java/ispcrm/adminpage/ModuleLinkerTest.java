package ispcrm.adminpage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A browser runs what the linker returns: {@code AdminPageIT} tests that. */
class ModuleLinkerTest {
  @Test
  void aModuleRunsOnceAfterWhatItImports() {
    assertThat(
            link(
                Map.of(
                    "main.js", "import { b } from './b.js';\nimport './c.js';\nb();\n",
                    "b.js", "import {\n  c,\n} from './c.js';\nexport const b = () => c;\n",
                    "c.js",
                        "export async function c() {}\nexport class D {}\nconst own = 1;\nexport const $ = own;\n")))
        .isEqualTo(
            """
            const modules = {};
            modules['c.js'] = (() => {
            async function c() {}
            class D {}
            const own = 1;
            const $ = own;
            return { $, D, c };
            })();
            modules['b.js'] = (() => {
            const {
              c,
            } = modules['c.js'];
            const b = () => c;
            return { b };
            })();
            modules['main.js'] = (() => {
            const { b } = modules['b.js'];

            b();
            return {  };
            })();
            """);
  }

  @Test
  void refusesANameThatIsNotExported() {
    assertThatThrownBy(
            () ->
                link(
                    Map.of(
                        "main.js", "import { a, own } from './a.js';\n",
                        "a.js", "export const a = 1;\nconst own = 2;\n")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("main.js imports own, which a.js does not export");
  }

  @Test
  void refusesModulesThatImportEachOther() {
    assertThatThrownBy(
            () -> link(Map.of("main.js", "import './a.js';\n", "a.js", "import './main.js';\n")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("main.js imports itself through other modules");
  }

  @Test
  void refusesOtherForms() {
    assertThatThrownBy(() -> link(Map.of("main.js", "export default 1;\n")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("main.js contains what cannot be linked: export default 1;");
    assertThatThrownBy(() -> link(Map.of("main.js", "export let changes = 1;\n")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> link(Map.of("main.js", "import a from './a.js';\n")))
        .isInstanceOf(IllegalStateException.class);
  }

  private static String link(Map<String, String> sources) {
    return ModuleLinker.link("main.js", sources::get);
  }
}
