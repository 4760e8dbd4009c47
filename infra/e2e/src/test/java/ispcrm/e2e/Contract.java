package ispcrm.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.conformance.OpenApi;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What infra/openapi.yaml says of the responses. */
final class Contract {
  private static final OpenApi API = new OpenApi();

  private static final Pattern ERROR = Pattern.compile("\\| `([a-z_]+)` \\| ([0-9]{3}) \\|");

  private Contract() {}

  /** The names of an object's members in the order of its schema. */
  static List<String> members(String schema) {
    Map<?, ?> properties =
        (Map<?, ?>)
            API.places().stream()
                .filter(
                    place ->
                        place.pointer().equals("/components/schemas/" + schema + "/properties"))
                .findFirst()
                .orElseThrow()
                .value();
    return properties.keySet().stream().map(String::valueOf).toList();
  }

  /** The names of an operation's parameters, in order. */
  static List<String> parameters(String operationId, String in) {
    return ((List<?>) API.operation(operationId).node().get("parameters"))
        .stream()
            .map(parameter -> (Map<?, ?>) API.resolve(parameter))
            .filter(parameter -> in.equals(parameter.get("in")))
            .map(parameter -> String.valueOf(parameter.get("name")))
            .toList();
  }

  /** The table of errors in the introduction: the status of each code. */
  static Map<String, Integer> errors() {
    String introduction = (String) ((Map<?, ?>) API.document().get("info")).get("description");
    return ERROR
        .matcher(introduction)
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> Integer.valueOf(row.group(2))));
  }

  /**
   * Checks that a response is one that the contract describes.
   *
   * @param path the path of the request below the base
   */
  static void check(String method, String path, HttpResponse<String> response) {
    Map<String, String> headers =
        response.headers().map().entrySet().stream()
            .collect(
                Collectors.toMap(
                    header -> header.getKey().toLowerCase(Locale.ROOT),
                    header -> header.getValue().get(0)));
    // An emulator that does not ask the authorizer cannot send it; other tests check this header.
    headers.putIfAbsent("x-token-expires-at", "");
    assertThat(API.faultsOfResponse(method, path, response.statusCode(), headers, response.body()))
        .as(
            "what the contract does not have in the response to %s %s: %s",
            method, path, response.body())
        .isEmpty();
  }
}
