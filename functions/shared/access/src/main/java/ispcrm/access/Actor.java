package ispcrm.access;

/**
 * Who makes a change, for its record in the history.
 *
 * @param user the id of the user whose token it is, or null if no user is responsible
 * @param token the id of the token, or null
 * @param address the client's address, or null
 * @param requestId the id of the request, or null
 */
public record Actor(String user, String token, String address, String requestId) {
  /** A scheduled function, on nobody's request. */
  public static final Actor SCHEDULE = new Actor(null, null, null, null);
}
