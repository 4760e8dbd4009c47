package ispcrm.http;

import ispcrm.access.Endpoint;
import java.util.Map;

/**
 * The API's addresses: absolute, always of v1 and in lower case.
 *
 * @param base what all of them begin with, without a slash at the end
 */
public record Links(String base) {

  /**
   * Starts links with the configured address if there is one, otherwise with the domain and stage
   * in API Gateway's request context; never with a header, because a client can set headers.
   */
  static Links of(String configured, Map<String, Object> requestContext) {
    return new Links(
        configured.isEmpty()
            ? "https://" + requestContext.get("domainName") + "/" + requestContext.get("stage")
            : configured);
  }

  /** The address of an endpoint; a URI template (RFC 6570) if its path has variables. */
  public String to(Endpoint endpoint) {
    return base + endpoint.path();
  }

  public String root() {
    return to(Endpoint.DISCOVER_ROOT);
  }

  /** The address of the contract, an OpenAPI document. */
  public String contract() {
    return to(Endpoint.GET_CONTRACT);
  }

  /** The address of the documentation for people. */
  public String documentation() {
    return to(Endpoint.SHOW_DOCUMENTATION);
  }

  public String users() {
    return to(Endpoint.LIST_USERS);
  }

  public String tokens() {
    return to(Endpoint.LIST_TOKENS);
  }

  public String token(String id) {
    return to(Endpoint.GET_TOKEN).replace("{id}", id);
  }

  /** The address of one user. The characters of an id need no encoding. */
  public String user(String id) {
    return to(Endpoint.GET_USER).replace("{id}", id);
  }

  /** The address of one profile. */
  public String profile(long id) {
    return to(Endpoint.GET_PROFILE).replace("{id}", Long.toString(id));
  }

  /** The address of one webhook. */
  public String webhook(String id) {
    return to(Endpoint.GET_WEBHOOK).replace("{id}", id);
  }

  /** The address of what was sent to one webhook. */
  public String deliveries(String webhook) {
    return to(Endpoint.LIST_DELIVERIES).replace("{id}", webhook);
  }

  /** The address of what happened to one user. */
  public String userHistory(String id) {
    return to(Endpoint.LIST_USER_HISTORY).replace("{id}", id);
  }
}
