package ispcrm.http;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The conditions that a client puts on a request with the headers If-Match and If-None-Match.
 *
 * @param ifMatch the entity tags of If-Match; empty if there is no such header
 * @param ifNoneMatch the entity tags of If-None-Match; empty if there is no such header
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1">RFC 9110, preconditions</a>
 */
public record Preconditions(List<String> ifMatch, List<String> ifNoneMatch) {
  private static final String ANY = "*";

  private static final Pattern ENTITY_TAG = Pattern.compile("(W/)?\"[^\"]*\"");

  static Preconditions of(RequestHeaders headers) {
    return new Preconditions(tags(headers, "If-Match"), tags(headers, "If-None-Match"));
  }

  /**
   * Compares the tags with the resource as it is, before it is changed.
   *
   * @param current the response to GET, with its ETag; not asked if there is nothing to compare
   * @throws ApiException 412 if If-Match does not match, or If-None-Match does
   */
  public void check(Supplier<ApiResponse> current) {
    if (ifMatch.isEmpty() && ifNoneMatch.isEmpty()) {
      return;
    }
    String etag = current.get().etag();
    if (!ifMatch.isEmpty() && !ifMatch.contains(ANY) && !ifMatch.contains(etag)) {
      throw failed(
          ifMatch.contains("W/" + etag)
              ? "If-Match never matches a weak ETag; send it without W/."
              : "this has changed since you read it; read it again, and send its new ETag in"
                  + " If-Match.");
    }
    if (isKnown(etag)) {
      throw failed(
          "If-None-Match asks for a change only if "
              + (ifNoneMatch.contains(ANY) ? "there is nothing here" : "the ETag is another")
              + "; to change what you have read, send its ETag in If-Match.");
    }
  }

  private static ApiException failed(String reason) {
    return new ApiException(ErrorCode.PRECONDITION_FAILED, "Precondition failed - " + reason);
  }

  /** The response to GET, or 304 without a body if If-None-Match contains its ETag. */
  public ApiResponse unlessKnown(ApiResponse current) {
    return isKnown(current.etag()) ? current.notModified() : current;
  }

  /** Whether If-None-Match contains this ETag, weak or not. */
  private boolean isKnown(String etag) {
    return ifNoneMatch.stream()
        .map(tag -> tag.replaceFirst("^W/", ""))
        .anyMatch(tag -> tag.equals(ANY) || tag.equals(etag));
  }

  private static List<String> tags(RequestHeaders headers, String name) {
    List<String> values = headers.all(name);
    List<String> tags =
        values.stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .toList();
    boolean isEmpty = tags.isEmpty() && !values.isEmpty();
    if (isEmpty
        || !tags.stream().allMatch(tag -> tag.equals(ANY) || ENTITY_TAG.matcher(tag).matches())) {
      throw ApiException.invalidHeader(
          name, "must be an ETag in double quotes, as in the response that contained it");
    }
    return tags;
  }
}
