package ispcrm.history;

import java.util.Arrays;
import java.util.Locale;

/** What happened to a user. */
public enum Action {
  CREATED,
  UPDATED,
  DELETED,
  EXPIRED,
  PASSWORD_SET,
  PASSWORD_REMOVED,
  TOKEN_CREATED,
  TOKEN_REVOKED,

  /** All tokens of the user at once. */
  TOKENS_REVOKED;

  /** Finds the action of this name. */
  static Action of(String text) {
    return Arrays.stream(values())
        .filter(action -> action.toString().equals(text))
        .findFirst()
        .orElseThrow();
  }

  /** The action as the API writes it, such as {@code token_created}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
