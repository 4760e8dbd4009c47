package ispcrm.e2e;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * What the suite checks: the API at ISPCRM_URL with the administrator's token in ISPCRM_TOKEN, or,
 * where there is no ISPCRM_URL, a local run of its own.
 */
final class Target implements AutoCloseable {
  private static final String ROOT = "/api/v1";
  private static final int AT_ONCE = 4;
  private static final long SLOW_NANOS = 2_000_000_000;

  private final LocalRun run;
  private final String base;
  private final String token;
  private final Api api;
  private final String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private final boolean slow;

  private Target(LocalRun run, String base, String token, Api api) {
    this.run = run;
    this.base = base;
    this.token = token;
    this.api = api;
    api.get(ROOT);
    long began = System.nanoTime();
    IntStream.range(0, AT_ONCE)
        .mapToObj(
            call ->
                CompletableFuture.runAsync(() -> api.get(ROOT), task -> new Thread(task).start()))
        .toList()
        .forEach(CompletableFuture::join);
    slow = System.nanoTime() - began > SLOW_NANOS;
  }

  /**
   * The target that these environment variables name.
   *
   * @throws AssertionError where there is a URL and no token, or nothing answers
   */
  static Target of(Map<String, String> environment) {
    String url = environment.getOrDefault("ISPCRM_URL", "");
    if (url.isEmpty()) {
      LocalRun run = LocalRun.start();
      return new Target(run, run.base().toString(), run.token(), run.api());
    }
    String token = environment.getOrDefault("ISPCRM_TOKEN", "");
    if (token.isEmpty()) {
      throw new AssertionError("ISPCRM_TOKEN must hold an administrator's token of " + url);
    }
    String base = base(url);
    return new Target(null, base, token, new Api(URI.create(base), token));
  }

  /** The address that all paths follow, of one that may be the root's or end with a slash. */
  static String base(String url) {
    String base = url.replaceFirst("/+$", "");
    return base.endsWith(ROOT) ? base.substring(0, base.length() - ROOT.length()) : base;
  }

  /** What links begin with: no slash at the end. */
  String base() {
    return base;
  }

  /** An administrator's token. */
  String token() {
    return token;
  }

  /** The administrator's view of it. */
  Api api() {
    return api;
  }

  /**
   * A name that no other run has used, since nothing that a run creates can be deleted over HTTP:
   * an id, a username or a customer id.
   */
  String own(String name) {
    return "e2e-" + runId + "-" + name;
  }

  /**
   * The larger number of requests, or the smaller one where a few at once take more than two
   * seconds, as they do where an emulator starts a container for each.
   */
  int many(int usually, int whereSlow) {
    return slow ? whereSlow : usually;
  }

  /** Whether the checks that are marked {@link Writes} are left out. */
  static boolean isReadOnly() {
    return !System.getenv().getOrDefault("ISPCRM_READ_ONLY", "").isEmpty();
  }

  @Override
  public void close() {
    if (run != null) {
      run.close();
    }
  }
}
