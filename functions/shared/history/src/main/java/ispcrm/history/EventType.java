package ispcrm.history;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What an entry of the history is for those who follow all of them. */
public enum EventType {
  USER_CREATED,
  USER_UPDATED,
  USER_SUSPENDED,
  USER_ACTIVATED,
  USER_EXPIRED,
  USER_DELETED,
  TOKEN_CREATED,
  TOKEN_REVOKED,
  PROFILE_CREATED,
  PROFILE_UPDATED,
  PROFILE_DELETED;

  /** The type of an entry. Of an update of a user, the new status decides. */
  static EventType of(Entry entry) {
    boolean isProfile = entry.profile() != null;
    return switch (entry.action()) {
      case CREATED -> isProfile ? PROFILE_CREATED : USER_CREATED;
      case UPDATED -> isProfile ? PROFILE_UPDATED : ofUpdate(entry.changes().get("status"));
      case DELETED -> isProfile ? PROFILE_DELETED : USER_DELETED;
      case EXPIRED -> USER_EXPIRED;
      case PASSWORD_SET, PASSWORD_REMOVED -> USER_UPDATED;
      case TOKEN_CREATED -> TOKEN_CREATED;
      case TOKEN_REVOKED, TOKENS_REVOKED -> TOKEN_REVOKED;
    };
  }

  private static EventType ofUpdate(Change status) {
    return switch (status == null ? "" : String.valueOf(status.after())) {
      case "suspended" -> USER_SUSPENDED;
      case "active" -> USER_ACTIVATED;
      case "expired" -> USER_EXPIRED;
      default -> USER_UPDATED;
    };
  }

  /** Finds the type of this name, such as {@code user.created}. */
  public static Optional<EventType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.toString().equals(text)).findFirst();
  }

  /**
   * Reads a list of types that a client sent; empty if it is anything else, or if nothing is in it.
   *
   * @param json a value of a request's body
   */
  public static Optional<Set<EventType>> parseList(Object json) {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    if (!(json instanceof List<?> list) || list.isEmpty()) {
      return Optional.empty();
    }
    for (Object name : list) {
      Optional<EventType> type = name instanceof String text ? of(text) : Optional.empty();
      if (type.isEmpty()) {
        return Optional.empty();
      }
      types.add(type.get());
    }
    return Optional.of(types);
  }

  /** All types, separated by commas, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(EventType::toString).collect(Collectors.joining(", "));
  }

  /** The type as the API writes it, such as {@code user.created}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
