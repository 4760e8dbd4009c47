package ispcrm.gateway;

import ispcrm.users.Users;
import java.util.Locale;

/** Creates cursors of the unfiltered list, as a client gets them by following the links. */
public final class Cursors {

  private Cursors() {}

  /**
   * Creates the cursor that follows a user.
   *
   * @param username the last username of the page before
   */
  public static String after(String username) {
    return Cursor.encode(
        new Users.ByUsername(null, null, null, null).toString().toLowerCase(Locale.ROOT), username);
  }
}
