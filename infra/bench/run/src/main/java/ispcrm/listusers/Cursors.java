package ispcrm.listusers;

import ispcrm.users.Users;

/** Cursors of the list without filters, as a client would get them by following it that far. */
public final class Cursors {

  private Cursors() {}

  /**
   * @param username the last one of the page before
   */
  public static String after(String username) {
    return Cursor.encode(new Users.Filter(null, null, null, null), username);
  }
}
