package ispcrm.authorizesubscriber;

import java.util.Locale;

/** What becomes of a login. */
enum Decision {
  ACCEPT,

  /** The walled garden of the profile. */
  RESTRICTED,

  /** The subscriber's status does not allow it. */
  BARRED,

  NO_PASSWORD,

  /** No customer has the username or the MAC address. */
  UNKNOWN,

  /** Several customers have the MAC address. */
  AMBIGUOUS;

  /** The decision as the API writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
