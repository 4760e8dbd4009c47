package ispcrm.users;

import java.util.Locale;
import java.util.regex.Pattern;

/** The forms of a user's fields. */
public final class UserRules {
  public static final String ID_FORM =
      "must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_', '-', and begin with a letter or digit";
  public static final String USERNAME_FORM =
      "must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_', '@', '+', ':', '-', and begin with a"
          + " letter or digit";
  public static final String CUSTOMER_ID_FORM =
      "must be 1 to 32 characters of A-Z, a-z, 0-9, '_', '-'";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+:-]{0,63}");
  private static final Pattern CUSTOMER_ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  private UserRules() {}

  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether this is a username; any start of one is itself of this form. */
  public static boolean isUsername(String text) {
    return USERNAME.matcher(text).matches();
  }

  public static boolean isCustomerId(String text) {
    return CUSTOMER_ID.matcher(text).matches();
  }

  /** Whether a text can be shown on one line: no control characters, no half of a character. */
  public static boolean isPlain(String text) {
    return text.codePoints()
        .map(Character::getType)
        .noneMatch(
            type ->
                type == Character.CONTROL
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR);
  }

  /** The form under which usernames and customer ids are equal whatever their case. */
  static String fold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
