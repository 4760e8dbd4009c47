package ispcrm.createtoken;

import ispcrm.access.Authorization;
import ispcrm.access.Endpoint;
import ispcrm.access.Role;
import ispcrm.access.Scope;
import ispcrm.dynamodb.FurtherWriteException;
import ispcrm.history.Action;
import ispcrm.history.Entry;
import ispcrm.history.History;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.http.Caller;
import ispcrm.http.ErrorCode;
import ispcrm.http.Links;
import ispcrm.idempotency.Idempotency;
import ispcrm.tokens.IssuedToken;
import ispcrm.tokens.Tokens;
import ispcrm.users.User;
import ispcrm.users.Users;
import ispcrm.values.IpBlock;
import ispcrm.values.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * {@code POST /api/v1/tokens}: creates a bearer token for a user. Its secret is in this response
 * and nowhere else.
 */
public final class CreateToken implements Function<ApiRequest, ApiResponse> {
  private static final int MAX_ATTEMPTS = 3;
  private static final String NOT_CREATED = "The token was not created";

  private final Users users;
  private final Tokens tokens;
  private final History history;
  private final Idempotency idempotency;
  private final int defaultDays;
  private final int maxDays;
  private final InstantSource clock;

  /**
   * @param defaultDays for how many days a token is valid if the request does not say
   * @param maxDays the maximum that a request can ask for
   * @throws IllegalArgumentException if the default exceeds the maximum. Lambda does not publish a
   *     SnapStart version that cannot be initialized, so such a deployment fails.
   */
  public CreateToken(
      Users users,
      Tokens tokens,
      History history,
      Idempotency idempotency,
      int defaultDays,
      int maxDays,
      InstantSource clock) {
    if (defaultDays > maxDays) {
      throw new IllegalArgumentException(
          "TokenDays must not exceed TokenDaysMax, but it is %d and the maximum is %d."
              .formatted(defaultDays, maxDays));
    }
    this.users = users;
    this.tokens = tokens;
    this.history = history;
    this.idempotency = idempotency;
    this.defaultDays = defaultDays;
    this.maxDays = maxDays;
    this.clock = clock;
  }

  /**
   * @throws ApiException 400 if the body or the Idempotency-Key is invalid; 422 if the key was used
   *     with another body; 404 if the user does not exist; 409 if the user has no access, or
   *     changes meanwhile, or if the caller does; 403 if the user is not a customer and the token
   *     lacks {@link Scope#STAFF_WRITE}, or if the new token would exceed the calling one
   */
  @Override
  public ApiResponse apply(ApiRequest request) {
    CreateTokenRequest create = new CreateTokenRequest(request.json(), defaultDays, maxDays);
    if (!create.errors().isEmpty()) {
      throw invalid(create.errors());
    }
    return idempotency.once(
        Endpoint.CREATE_TOKEN, request, writes -> create(create, request, writes));
  }

  private ApiResponse create(
      CreateTokenRequest create, ApiRequest request, Idempotency.Writes writes) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      User user = user(create.userId(), request.caller());
      IssuedToken issued = issue(create, user, request.caller());
      Entry entry =
          Entry.ofToken(
              user.id(),
              Action.TOKEN_CREATED,
              clock.instant(),
              request.actor(),
              issued.token().id());
      Map<String, Object> stored = issued.token().toMap(user.role(), null, Timestamps::format);
      if (store(issued, user, entry, stored, request, writes)) {
        return created(issued, withSecret(stored, issued), request.links());
      }
    }
    throw new ApiException(
        ErrorCode.CONFLICT, NOT_CREATED + " - the user is being changed; try again.");
  }

  private boolean store(
      IssuedToken issued,
      User user,
      Entry entry,
      Map<String, Object> stored,
      ApiRequest request,
      Idempotency.Writes writes) {
    Authorization caller = request.caller().authorization();
    Supplier<ApiResponse> response = () -> created(issued, stored, request.links());
    boolean isCaller = caller.user().equals(user.id());
    if (isCaller
        && (user.role() != caller.role() || !user.acceptsTokenOf(caller.tokenCreatedAt()))) {
      throw ApiException.callerChanged(NOT_CREATED);
    }
    try {
      // A transaction can name an item only once, and this one checks the new token's user anyway.
      return tokens.add(
          issued,
          users.unchanged(user),
          isCaller
              ? writes.with(user.id(), response, history.add(entry), tokens.stillAuthorized(caller))
              : writes.with(
                  user.id(),
                  response,
                  history.add(entry),
                  tokens.stillAuthorized(caller),
                  users.stillAuthorized(caller)));
    } catch (FurtherWriteException e) {
      throw ApiException.callerChanged(NOT_CREATED);
    }
  }

  private User user(String id, Caller caller) {
    User user =
        users
            .find(id)
            .orElseThrow(
                () ->
                    new ApiException(
                        ErrorCode.NOT_FOUND,
                        NOT_CREATED + " - no user has this id.",
                        Map.of("user", "no user has this id")));
    caller.requireAuthorityOver(user.role());
    if (!user.hasAccess()) {
      throw new ApiException(
          ErrorCode.USER_BARRED,
          NOT_CREATED
              + (caller.scopes().contains(Scope.USERS_READ)
                  ? " - a user with the role %s and the status %s has no access."
                      .formatted(user.role(), user.status())
                  : " - this user has no access."));
    }
    return user;
  }

  /** Generates a token that allows no more, and lasts no longer, than the caller's token. */
  private IssuedToken issue(CreateTokenRequest create, User user, Caller caller) {
    List<Scope> scopes = scopes(create.requestedScopes(), user.role(), caller);
    List<String> allowedIps = allowedIps(create.allowedIps(), caller);
    Instant now = user.dateOfNewToken(clock.instant());
    Instant expiresAt = now.plus(Duration.ofDays(create.expiresInDays()));
    boolean isLimited = caller.isNarrowed() || caller.role() != Role.ADMIN;
    if (isLimited && caller.tokenExpiresAt().isBefore(expiresAt)) {
      expiresAt = caller.tokenExpiresAt();
    }
    return IssuedToken.issue(
        user.id(),
        create.description(),
        scopes,
        allowedIps,
        caller.userId(),
        caller.tokenId(),
        now,
        Duration.between(now, expiresAt));
  }

  /**
   * The scopes to which a new token is narrowed: the requested ones, or those of the calling token
   * if that is narrowed; otherwise null.
   */
  private static List<Scope> scopes(List<Scope> requested, Role role, Caller caller) {
    if (requested == null) {
      if (!caller.isNarrowed()) {
        return null;
      }
      List<Scope> shared = role.scopes().stream().filter(caller.scopes()::contains).toList();
      if (shared.isEmpty()) {
        throw forbidden("scopes");
      }
      return shared;
    }
    if (!role.scopes().containsAll(requested)) {
      String allowed =
          role.scopes().stream().map(Scope::toString).collect(Collectors.joining(", "));
      throw invalid(
          Map.of(
              "scopes",
              caller.scopes().contains(Scope.USERS_READ)
                  ? "the user's role, " + role + ", allows only " + allowed
                  : "the user's role does not allow all of them"));
    }
    if (!caller.scopes().containsAll(requested)) {
      throw forbidden("scopes");
    }
    return requested;
  }

  /** The addresses of a new token: the requested ones, or those of the calling token. */
  private static List<String> allowedIps(List<String> requested, Caller caller) {
    if (requested == null) {
      return caller.allowedIps();
    }
    List<IpBlock> callers =
        caller.allowedIps().stream().map(IpBlock::parse).flatMap(Optional::stream).toList();
    for (String text : requested) {
      IpBlock block = IpBlock.parse(text).orElseThrow();
      if (!callers.isEmpty() && callers.stream().noneMatch(outer -> outer.contains(block))) {
        throw forbidden("addresses");
      }
    }
    return requested;
  }

  private static Map<String, Object> withSecret(Map<String, Object> stored, IssuedToken issued) {
    Map<String, Object> data = new LinkedHashMap<>();
    stored.forEach(
        (name, value) -> {
          data.put(name, value);
          if (name.equals("id")) {
            data.put("token", issued.secret().secret());
          }
        });
    return data;
  }

  private static ApiResponse created(IssuedToken issued, Map<String, Object> data, Links links) {
    String self = links.token(issued.token().id());
    Map<String, String> related = new LinkedHashMap<>();
    related.put("self", self);
    related.put("root", links.root());
    related.put("user", links.user(issued.token().user()));
    return ApiResponse.single(201, data, related).with("Location", self);
  }

  private static ApiException invalid(Map<String, String> errors) {
    return new ApiException(ErrorCode.INVALID_FIELDS, NOT_CREATED + " - see errors.", errors);
  }

  private static ApiException forbidden(String what) {
    return new ApiException(
        ErrorCode.FORBIDDEN,
        "Forbidden - a new token cannot have %s that your token lacks.".formatted(what));
  }
}
