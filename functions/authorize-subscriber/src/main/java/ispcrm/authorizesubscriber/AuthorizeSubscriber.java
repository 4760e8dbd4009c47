package ispcrm.authorizesubscriber;

import ispcrm.access.Role;
import ispcrm.dynamodb.BatchReader;
import ispcrm.dynamodb.Item;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.passwords.Passwords;
import ispcrm.profiles.Profile;
import ispcrm.runtime.CallLog;
import ispcrm.users.Status;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.UserFilter;
import ispcrm.users.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code POST /api/v1/radius/authorize}: decides whether a subscriber may connect to the network.
 * Each decision is a 200, because a RADIUS server takes other responses for rejections of the
 * subscriber, or for failed calls.
 */
public final class AuthorizeSubscriber implements Function<ApiRequest, ApiResponse> {
  /** So that a new status takes effect without a disconnection. */
  private static final long RESTRICTED_SECONDS = 600;

  /** Routers that get less would connect again all the time. */
  private static final long MIN_SECONDS = 60;

  /** What the attribute can hold, also for routers that read it as a signed integer. */
  private static final long MAX_SECONDS = Integer.MAX_VALUE;

  private final BatchReader reader;
  private final Users users;
  private final Passwords passwords;
  private final KnownProfiles profiles;
  private final InstantSource clock;

  AuthorizeSubscriber(
      BatchReader reader,
      Users users,
      Passwords passwords,
      KnownProfiles profiles,
      InstantSource clock) {
    this.reader = reader;
    this.users = users;
    this.passwords = passwords;
    this.profiles = profiles;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body is not a login
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    LoginRequest login = LoginRequest.of(request.json());
    Reply reply = login.loginByMac().map(this::byMac).orElseGet(() -> byUsername(login));
    CallLog.current().with("decision", reply.decision().toString()).info("A login was decided");
    return reply.toResponse();
  }

  /** The index of MAC addresses may lag, so what it shows is compared with the users. */
  private Reply byMac(String mac) {
    Users.Filter filter =
        new Users.Filter(
            new TreeMap<>(Map.of(UserFilter.MAC, mac, UserFilter.ROLE, Role.CUSTOMER.toString())),
            null);
    Set<BatchReader.Key> keys =
        users.list(filter, null, 2).users().stream()
            .map(user -> users.key(user.id()))
            .collect(Collectors.toSet());
    List<User> found =
        reader.read(keys).values().stream()
            .map(Users::user)
            .flatMap(Optional::stream)
            .filter(user -> isCustomer(user) && mac.equals(user.get(UserField.MAC_ADDRESS)))
            .toList();
    return switch (found.size()) {
      case 0 -> unknown();
      case 1 -> decide(found.get(0), decision -> Optional.of(Reply.withoutPassword(decision)));
      default ->
          Reply.rejection(Decision.AMBIGUOUS).message("Several subscribers have this MAC address.");
    };
  }

  private Reply byUsername(LoginRequest login) {
    Optional<String> id = login.loginByUsername().flatMap(users::idOf);
    if (id.isEmpty()) {
      return unknown();
    }
    BatchReader.Key userKey = users.key(id.get());
    BatchReader.Key passwordKey = passwords.key(id.get());
    Map<BatchReader.Key, Item> items = reader.read(Set.of(userKey, passwordKey));
    Optional<String> password =
        Optional.ofNullable(items.get(passwordKey)).map(Passwords::password);
    // A user who has the name as its id only is not meant.
    return Optional.ofNullable(items.get(userKey))
        .flatMap(Users::user)
        .filter(user -> isCustomer(user) && user.username().equalsIgnoreCase(login.username()))
        .map(
            user ->
                decide(
                    user,
                    decision ->
                        password
                            .filter(stored -> user.hasPassword())
                            .map(stored -> Reply.withPassword(decision, stored))))
        .orElseGet(AuthorizeSubscriber::unknown);
  }

  private static boolean isCustomer(User user) {
    return user.role() == Role.CUSTOMER;
  }

  private static Reply unknown() {
    return Reply.rejection(Decision.UNKNOWN).message("Unknown subscriber.");
  }

  /**
   * @param entry how an entitled subscriber gets in; empty if there is no password to compare
   */
  private Reply decide(User user, Function<Decision, Optional<Reply>> entry) {
    CallLog.current().with("user_id", user.id());
    Instant now = clock.instant();
    Status status = user.statusAt(now);
    Optional<Profile> profile = profiles.find(user.get(UserField.PROFILE_ID), now);
    boolean isActive = status == Status.ACTIVE;
    Optional<Map<String, Object>> attributes =
        switch (status) {
          case ACTIVE -> Optional.of(profile.map(Profile::attributes).orElse(Map.of()));
          case SUSPENDED, EXPIRED -> profile.map(Profile::restrictedAttributes);
          case INACTIVE, DISABLED -> Optional.empty();
        };
    if (attributes.isEmpty()) {
      return Reply.rejection(Decision.BARRED).message("The subscription is " + status + ".");
    }
    return entry
        .apply(isActive ? Decision.ACCEPT : Decision.RESTRICTED)
        .map(
            reply -> {
              attributes.get().forEach(reply::reply);
              (isActive ? secondsLeft(user, now) : Optional.of(RESTRICTED_SECONDS))
                  .ifPresent(reply::sessionTimeout);
              return reply.ofUser(user.id());
            })
        .orElseGet(() -> Reply.rejection(Decision.NO_PASSWORD));
  }

  private static Optional<Long> secondsLeft(User user, Instant now) {
    Instant end = user.get(UserField.EXPIRATION);
    return end == null || user.isKeptActive()
        ? Optional.empty()
        : Optional.of(
            Math.max(MIN_SECONDS, Math.min(MAX_SECONDS, Duration.between(now, end).toSeconds())));
  }
}
