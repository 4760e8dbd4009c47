package ispcrm.gateway;

/** Creates cursors of the unfiltered list, as a client gets them by following the links. */
public final class Cursors {

  private Cursors() {}

  /**
   * Creates the cursor that follows a user.
   *
   * @param username the last username of the page before
   */
  public static String after(String username) {
    return Cursor.encode("", username);
  }
}
