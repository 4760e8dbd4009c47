package ispcrm.e2e;

import java.net.URI;
import java.util.Map;

/**
 * The API that the suite checks: the one at ISPCRM_URL, with the administrator's token in
 * ISPCRM_TOKEN, or a local run if ISPCRM_URL is not set.
 */
final class Target implements AutoCloseable {
  private static final String ROOT = "/api/v1";

  private final LocalRun run;
  private final String base;
  private final String token;
  private final Api api;
  private final String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

  private Target(LocalRun run, String base, String token, Api api) {
    this.run = run;
    this.base = base;
    this.token = token;
    this.api = api;
    api.get(ROOT);
  }

  /**
   * Creates the target from environment variables.
   *
   * @throws AssertionError if there is a URL without a token, or if the API does not respond
   */
  static Target of(Map<String, String> environment) {
    String url = environment.getOrDefault("ISPCRM_URL", "");
    if (url.isEmpty()) {
      LocalRun run = LocalRun.start();
      return new Target(run, run.base().toString(), run.token(), run.api());
    }
    String token = environment.getOrDefault("ISPCRM_TOKEN", "");
    if (token.isEmpty()) {
      throw new AssertionError("ISPCRM_TOKEN must hold an administrator's token for " + url);
    }
    String base = base(url);
    return new Target(null, base, token, new Api(URI.create(base), token));
  }

  /**
   * The address that all paths are appended to, from a URL that may end with /api/v1 or a slash.
   */
  static String base(String url) {
    String base = url.replaceFirst("/+$", "");
    return base.endsWith(ROOT) ? base.substring(0, base.length() - ROOT.length()) : base;
  }

  /** The address that links begin with, without a trailing slash. */
  String base() {
    return base;
  }

  /** An administrator's token. */
  String token() {
    return token;
  }

  /** A client with the administrator's token. */
  Api api() {
    return api;
  }

  /**
   * An id, username or customer number that no other run uses. It must be unique because nothing
   * that a run creates can be deleted over HTTP.
   */
  String own(String name) {
    return "e2e-" + runId + "-" + name;
  }

  /** Whether the checks with the annotation {@link Writes} are skipped. */
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
