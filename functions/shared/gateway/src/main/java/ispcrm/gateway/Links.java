package ispcrm.gateway;

import java.util.Map;

/**
 * The API's addresses, absolute, always of v1 and in lower case.
 *
 * @param base the address that all of them begin with, without a slash at its end
 */
public record Links(String base) {

  /**
   * Begins links with the configured address where there is one, else with the domain and stage
   * that API Gateway says it was called at; never with a header, which the client could write.
   */
  static Links of(String configured, Map<String, Object> requestContext) {
    return new Links(
        configured.isEmpty()
            ? "https://" + requestContext.get("domainName") + "/" + requestContext.get("stage")
            : configured);
  }

  public String root() {
    return base + "/api/v1";
  }

  public String users() {
    return root() + "/users";
  }

  /** The address of one user; the characters of an id need no encoding. */
  public String user(String id) {
    return users() + "/" + id;
  }

  public String tokens() {
    return root() + "/tokens";
  }
}
