package ispcrm.authorizesubscriber;

import ispcrm.profiles.Profile;
import ispcrm.profiles.Profiles;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The profiles as they were up to a minute ago, because few of them serve all logins. */
final class KnownProfiles {
  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  /** How many are kept at most, so that memory is bounded. */
  private static final int MAX_PROFILES = 1000;

  private final Profiles profiles;
  private final Map<Long, Known> known = new ConcurrentHashMap<>();

  KnownProfiles(Profiles profiles) {
    this.profiles = profiles;
  }

  /** A profile, or that there is none. */
  private record Known(Optional<Profile> profile, Instant readAt) {}

  /**
   * Finds a profile.
   *
   * @param id null if the user has none
   */
  Optional<Profile> find(Long id, Instant now) {
    if (id == null) {
      return Optional.empty();
    }
    Known last = known.get(id);
    if (last == null || !now.isBefore(last.readAt.plus(MAX_AGE)) || now.isBefore(last.readAt)) {
      if (known.size() >= MAX_PROFILES) {
        known.clear();
      }
      last = new Known(profiles.find(Long.toString(id)), now);
      known.put(id, last);
    }
    return last.profile;
  }
}
