package ispcrm.authorizesubscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ispcrm.dynamodb.BatchReader;
import ispcrm.emulation.LocalDynamoDb;
import ispcrm.http.ApiException;
import ispcrm.http.ApiRequest;
import ispcrm.http.ApiResponse;
import ispcrm.passwords.Passwords;
import ispcrm.profiles.Profile;
import ispcrm.profiles.ProfileRequest;
import ispcrm.profiles.Profiles;
import ispcrm.template.Template;
import ispcrm.users.CreateUserRequest;
import ispcrm.users.User;
import ispcrm.users.UserField;
import ispcrm.users.Users;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuthorizeSubscriberTest {
  private static final Instant CREATED = Instant.parse("2025-01-02T03:04:05Z");

  private static final ConcurrentLinkedQueue<String> READS = new ConcurrentLinkedQueue<>();

  private static LocalDynamoDb dynamoDb;
  private static Users users;
  private static Passwords passwords;
  private static Profiles profiles;

  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private AuthorizeSubscriber function;

  @BeforeAll
  static void start() {
    dynamoDb = LocalDynamoDb.start(Template.load(Map.of()), null);
    dynamoDb.listen(call -> READS.add(call.operation()));
    users = new Users(dynamoDb.client(), "UsersTable");
    passwords = new Passwords(dynamoDb.client(), "PasswordsTable");
    profiles = new Profiles(dynamoDb.client(), "ProfilesTable");
    profile(
        10, Map.of("Mikrotik-Rate-Limit", "20M/100M", "Framed-Pool", List.of("a", "b\\c")), null);
    profile(11, Map.of("Mikrotik-Rate-Limit", "2M/2M"), Map.of("Framed-Pool", "garden"));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  @BeforeEach
  void createFunction() {
    function =
        new AuthorizeSubscriber(
            new BatchReader(dynamoDb.client()),
            users,
            passwords,
            new KnownProfiles(profiles),
            () -> now);
  }

  @Test
  void authorize_active_hasPasswordProfileAndTimeLeft() {
    create(
        "ann",
        Map.of("username", "Ann.E", "profile_id", 10, "expiration", "2026-01-02 04:04:05"),
        "pa\"ss%{x}\\");
    ApiResponse response = authorize("{\"username\":\"aNN.e\",\"protocol\":\"PPP\"}");
    assertThat(response.status()).isEqualTo(200);
    assertThat(attributes(response))
        .isEqualTo(
            Map.of(
                "control:CRM-Decision", "[accept]",
                "control:Cleartext-Password", "[pa\"ss%{x}\\\\]",
                "reply:Class", "[0x616e6e]",
                "reply:Mikrotik-Rate-Limit", "[20M/100M]",
                "reply:Framed-Pool", "[a, b\\\\c]",
                "reply:Session-Timeout", "[3600]"));
    assertThat(response.headers()).containsEntry("Cache-Control", "no-store");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-01-02 03:04:06 | 60",
        "2026-01-02 03:05:06 | 61",
        "9999-12-31          | 2147483647"
      })
  void authorize_expiration_isTheTimeoutWithinItsLimits(String expiration, String seconds) {
    String id = "x" + seconds;
    create(id, Map.of("expiration", expiration), "p");
    assertThat(decide(id)).containsEntry("reply:Session-Timeout", "[" + seconds + "]");
  }

  @Test
  void authorize_expirationPassedBeforeTheScheduleRan_isExpired() {
    create("due", Map.of("expiration", "2026-01-02 03:04:06", "profile_id", 11), "p");
    assertThat(decide("due")).containsEntry("control:CRM-Decision", "[accept]");
    now = now.plusSeconds(1);
    assertThat(decide("due"))
        .containsEntry("control:CRM-Decision", "[restricted]")
        .containsEntry("reply:Session-Timeout", "[600]");
  }

  @Test
  void authorize_keptActive_hasNoTimeout() {
    create("kept", Map.of("status", "active", "expiration", "2024-01-01"), "p");
    assertThat(decide("kept"))
        .containsEntry("control:CRM-Decision", "[accept]")
        .doesNotContainKey("reply:Session-Timeout");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "active    | 10   | accept",
        "active    | 11   | accept",
        "active    | 12   | accept",
        "active    |      | accept",
        "suspended | 10   | barred",
        "suspended | 11   | restricted",
        "suspended | 12   | barred",
        "suspended |      | barred",
        "expired   | 10   | barred",
        "expired   | 11   | restricted",
        "inactive  | 11   | barred",
        "disabled  | 11   | barred"
      })
  void authorize_statusAndProfile_decide(String status, Integer profile, String decision) {
    String id = status + profile;
    Map<String, Object> fields = new HashMap<>(Map.of("status", status));
    fields.put("profile_id", profile);
    create(id, fields, "p");
    Map<String, String> attributes = decide(id);
    assertThat(attributes).containsEntry("control:CRM-Decision", "[" + decision + "]");
    if (decision.equals("barred")) {
      assertThat(attributes)
          .containsOnlyKeys("control:CRM-Decision", "control:Auth-Type", "reply:Reply-Message")
          .containsEntry("control:Auth-Type", "[Reject]")
          .containsEntry("reply:Reply-Message", "[The subscription is " + status + ".]");
    } else {
      assertThat(attributes)
          .containsEntry("control:Cleartext-Password", "[p]")
          .doesNotContainKey("control:Auth-Type");
    }
    if (decision.equals("restricted")) {
      assertThat(attributes)
          .containsEntry("reply:Framed-Pool", "[garden]")
          .doesNotContainKey("reply:Mikrotik-Rate-Limit");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"active", "suspended"})
  void authorize_noPassword_isRejected(String status) {
    create("bare-" + status, Map.of("profile_id", 11, "status", status), null);
    Map<String, String> rejection =
        Map.of("control:Auth-Type", "[Reject]", "control:CRM-Decision", "[no-password]");
    assertThat(decide("bare-" + status)).isEqualTo(rejection);
    assertThat(attributes(authorize("{\"username\":\"bare-" + status + "\"}")))
        .isEqualTo(rejection);
  }

  /** As after a restoration of the table of users. */
  @Test
  void authorize_passwordThatTheUserDoesNotHave_isNotUsed() {
    User user = create("stray", Map.of(), null);
    users.update(user, user, passwords.set("stray", "p"));
    assertThat(decide("stray")).containsEntry("control:CRM-Decision", "[no-password]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"username\":\"\",\"mac\":\"\"}",
        "{\"username\":\"nobody\",\"protocol\":\"PPP\"}",
        "{\"username\":\"boss\",\"protocol\":\"PPP\"}",
        "{\"username\":\"clerk\"}",
        "{\"username\":\"nas\"}",
        "{\"username\":\"id-only\",\"protocol\":\"PPP\"}",
        "{\"username\":\"a\\nb\\u0000\"}",
        "{\"username\":\"%{User-Password}\"}",
        "{\"username\":\"02:00:00:00:00:01\"}",
        "{\"mac\":\"02:00:00:00:00:02\"}",
        "{\"mac\":\"02:00:00:00:00:02\",\"protocol\":\"PPP\"}"
      })
  void authorize_nobodyWhoLogsIn_isUnknown(String body) {
    if (users.find("boss").isEmpty()) {
      create("boss", Map.of("role", "admin"), null);
      create("clerk", Map.of("role", "staff", "mac", "02:00:00:00:00:02"), null);
      create("nas", Map.of("role", "radius"), null);
      create("id-only", Map.of("username", "another"), "p");
    }
    assertThat(attributes(authorize(body)))
        .isEqualTo(
            Map.of(
                "control:CRM-Decision", "[unknown]",
                "control:Auth-Type", "[Reject]",
                "reply:Reply-Message", "[Unknown subscriber.]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AA:BB:CC:00:00:01",
        "aa-bb-cc-00-00-01",
        "aabb.cc00.0001",
        "aabbcc000001",
        "AABB-CC00-0001",
        "aabbcc-000001"
      })
  void authorize_mac_isAcceptedWithoutPasswordUnlessPpp(String mac) {
    if (users.find("mac").isEmpty()) {
      create("mac", Map.of("mac", "AABBCC000001", "profile_id", 11), null);
    }
    Map<String, String> accepted =
        Map.of(
            "control:CRM-Decision", "[accept]",
            "control:Auth-Type", "[Accept]",
            "reply:Class", "[0x6d6163]",
            "reply:Mikrotik-Rate-Limit", "[2M/2M]");
    assertThat(attributes(authorize("{\"username\":\"" + mac + "\"}"))).isEqualTo(accepted);
    assertThat(attributes(authorize("{\"username\":\"\",\"mac\":\"" + mac + "\"}")))
        .isEqualTo(accepted);
    for (String ppp : List.of("PPP", "ppp")) {
      assertThat(
              attributes(authorize("{\"username\":\"" + mac + "\",\"protocol\":\"" + ppp + "\"}")))
          .containsEntry("control:CRM-Decision", "[unknown]");
    }
  }

  @Test
  void authorize_macOfTwo_isAmbiguousUntilOneLosesIt() {
    create("twin1", Map.of("mac", "AABBCC000002"), null);
    User twin = create("twin2", Map.of("mac", "AABBCC000002"), null);
    String body = "{\"username\":\"AABBCC000002\"}";
    assertThat(attributes(authorize(body)))
        .containsEntry("control:CRM-Decision", "[ambiguous]")
        .containsEntry("control:Auth-Type", "[Reject]");
    users.update(twin, twin.toBuilder().set(UserField.MAC_ADDRESS, null).build());
    assertThat(attributes(authorize(body))).containsEntry("reply:Class", "[0x7477696e31]");
  }

  @Test
  void authorize_macOfSuspended_entersTheWalledGarden() {
    create("late", Map.of("mac", "AABBCC000003", "profile_id", 11, "status", "suspended"), null);
    assertThat(attributes(authorize("{\"mac\":\"AABBCC000003\"}")))
        .containsEntry("control:CRM-Decision", "[restricted]")
        .containsEntry("control:Auth-Type", "[Accept]")
        .containsEntry("reply:Session-Timeout", "[600]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'user':'x'}          | user",
        "{'username':7}        | username",
        "{'mac':null,'nas':[]} | mac, nas"
      })
  void authorize_notALogin_isRefused(String body, String fields) {
    ApiException e =
        catchThrowableOfType(ApiException.class, () -> authorize(body.replace('\'', '"')));
    assertThat(e.status()).isEqualTo(400);
    assertThat(e.fieldErrors()).containsOnlyKeys(fields.split(", ", -1));
  }

  @Test
  void authorize_textOf253Characters_isALogin() {
    assertThat(authorize("{\"username\":\"" + "a".repeat(253) + "\"}").status()).isEqualTo(200);
    assertThat(
            catchThrowableOfType(
                    ApiException.class,
                    () -> authorize("{\"username\":\"" + "a".repeat(254) + "\"}"))
                .status())
        .isEqualTo(400);
  }

  @Test
  void authorize_profileChanges_showWithinAMinute() {
    Profile before = profile(13, Map.of("Framed-Pool", "old"), null);
    create("plan", Map.of("profile_id", 13), "p");
    assertThat(decide("plan")).containsEntry("reply:Framed-Pool", "[old]");
    profiles.update(
        before,
        new ProfileRequest(Map.of("attributes", Map.of("Framed-Pool", "new")), before).apply(now));
    now = now.plusSeconds(59);
    assertThat(decide("plan")).containsEntry("reply:Framed-Pool", "[old]");
    now = now.plusSeconds(1);
    assertThat(decide("plan")).containsEntry("reply:Framed-Pool", "[new]");
  }

  @Test
  void authorize_byUsername_readsAtMostThreeTimes() {
    create("fast", Map.of("profile_id", 11, "mac", "AABBCC000004"), "p");
    READS.clear();
    decide("fast");
    assertThat(READS).containsExactly("GetItem", "BatchGetItem", "GetItem");
    READS.clear();
    authorize("{\"mac\":\"AABBCC000004\"}");
    assertThat(READS).containsExactly("Query", "BatchGetItem");
  }

  private Map<String, String> decide(String username) {
    return attributes(authorize("{\"username\":\"" + username + "\",\"protocol\":\"PPP\"}"));
  }

  private ApiResponse authorize(String body) {
    return function.apply(
        ApiRequest.of(Map.of("httpMethod", "POST", "body", body), "https://crm.example.net"));
  }

  /** The values of each attribute, which has the form that rlm_rest neither expands nor merges. */
  private static Map<String, String> attributes(ApiResponse response) {
    Map<String, String> attributes = new TreeMap<>();
    new JsonMapper()
        .readTree(response.body())
        .properties()
        .forEach(
            attribute -> {
              JsonNode form = attribute.getValue();
              assertThat(form.propertyNames()).containsExactly("op", "do_xlat", "value");
              assertThat(form.get("op").asString()).isEqualTo(":=");
              assertThat(form.get("do_xlat").isBoolean()).isTrue();
              assertThat(form.get("do_xlat").asBoolean()).isFalse();
              attributes.put(
                  attribute.getKey(),
                  form.get("value").valueStream().map(JsonNode::asString).toList().toString());
            });
    return attributes;
  }

  private static User create(String id, Map<String, Object> fields, String password) {
    Map<String, Object> body = new HashMap<>(fields);
    body.put("id", id);
    User user = new CreateUserRequest(body).toUser("", "C-" + id, CREATED);
    assertThat(users.create(user)).isEmpty();
    if (password != null) {
      users.update(user, user.withPassword(CREATED, CREATED), passwords.set(id, password));
    }
    return user;
  }

  private static Profile profile(
      long id, Map<String, Object> attributes, Map<String, Object> restricted) {
    Map<String, Object> body =
        new HashMap<>(Map.of("id", id, "name", "n", "attributes", attributes));
    body.put("restricted_attributes", restricted);
    Profile profile = new ProfileRequest(body, null).apply(CREATED);
    assertThat(profiles.create(profile)).isTrue();
    return profile;
  }
}
