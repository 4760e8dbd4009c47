package ispcrm.checkhealth;

import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.runtime.UnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code GET /api/v1/health}: whether every table can be read, and the live release. It needs no
 * token, and reads nothing but one missing item of each table.
 */
public final class CheckHealth implements Function<ApiRequest, ApiResponse> {
  private static final String RELEASE_HEADER = "X-Release";

  private final Map<String, Runnable> tables;
  private final String release;

  /**
   * @param tables for each table, by its name in the log, what fails if the table cannot be read
   * @param release the name of the live release
   */
  public CheckHealth(Map<String, Runnable> tables, String release) {
    this.tables = new LinkedHashMap<>(tables);
    this.release = release;
  }

  /**
   * @throws ApiException 503 if a table cannot be read. The log names the table, the response does
   *     not.
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    tables.forEach(
        (table, read) -> {
          try {
            read.run();
          } catch (RuntimeException e) {
            throw ApiException.unavailable(
                    new UnavailableException("the table " + table + " cannot be read", e))
                .with(RELEASE_HEADER, release);
          }
        });
    Map<String, String> health = new LinkedHashMap<>();
    health.put("status", "ok");
    health.put("release", release);
    return ApiResponse.json(200, health).with(RELEASE_HEADER, release);
  }
}
