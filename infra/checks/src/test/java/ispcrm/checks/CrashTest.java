package ispcrm.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.emulation.LocalDynamoDb;
import ispcrm.emulation.LocalLambda;
import ispcrm.template.Template;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Kills a process at random moments while it creates, changes, renames and deletes users, and
 * issues and revokes tokens. Every change that was acknowledged is there, and no change is half
 * done. The system property {@code kills} is the number of kills, default 4.
 */
class CrashTest {
  private static final int KILLS = Integer.getInteger("kills", 4);
  private static final int MAX_MILLISECONDS = 1500;
  private static final Template TEMPLATE = Template.load(Map.of());

  @Test
  void aKilledProcessLeavesNothingHalfDone() throws Exception {
    try (LocalDynamoDb dynamoDb = LocalDynamoDb.start(TEMPLATE, null)) {
      dynamoDb.useInThisProcess();
      Requests requests = new Requests(new LocalLambda(TEMPLATE));
      Requests.storeCaller(dynamoDb.client());
      StoredState state = new StoredState(dynamoDb.client());
      Random random = new Random();
      Map<String, Integer> acknowledged = new LinkedHashMap<>();
      int total = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        for (String change : runAndKill(kill, random.nextInt(MAX_MILLISECONDS))) {
          acknowledged.merge(change, 1, Integer::sum);
          total++;
        }
        // A request that DynamoDB has received is still carried out.
        Thread.sleep(200);
        int entries = state.check();
        assertThat(entries).isBetween(total, total + (kill + 1) * Writer.THREADS);
      }
      Set<String> users = new TreeSet<>();
      acknowledged.keySet().forEach(change -> users.add(change.split(" ", -1)[1]));
      for (String user : users) {
        long recorded = requests.history(user).size();
        long expected =
            acknowledged.entrySet().stream()
                .filter(change -> change.getKey().split(" ", -1)[1].equals(user))
                .mapToInt(Map.Entry::getValue)
                .sum();
        assertThat(recorded).as(user).isBetween(expected, expected + 1);
        boolean isDeleted = acknowledged.containsKey("DELETE " + user);
        if (isDeleted) {
          assertThat(requests.getUser(user).status()).isEqualTo(404);
        }
      }
      ErasureTest.expireUsers(dynamoDb.client()).apply(Duration.ofMinutes(5));
      state.scan("UsersTable").forEach(item -> assertThat(item.get("due")).isNull());
      System.out.println(KILLS + " kills, " + total + " acknowledged changes, 0 lost, 0 half done");
    }
  }

  /** Returns the changes that the process acknowledged before it was killed. */
  private static List<String> runAndKill(int run, int milliseconds)
      throws IOException, InterruptedException {
    Victim victim = Victim.start(Writer.class, "r" + run);
    List<String> changes = new ArrayList<>();
    assertThat(victim.out().readLine()).isEqualTo("ready");
    Thread killer =
        new Thread(
            () -> {
              try {
                Thread.sleep(milliseconds);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              victim.kill();
            });
    killer.start();
    for (String line = victim.out().readLine(); line != null; line = victim.out().readLine()) {
      // The last line may be cut off.
      if (line.endsWith(".")) {
        changes.add(line.substring(0, line.length() - 1));
      }
    }
    victim.assertKilled();
    return changes;
  }

  /** Changes users until it is killed, and prints each change that the API acknowledged. */
  static final class Writer {
    static final int THREADS = 4;

    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      Requests requests = new Requests(new LocalLambda(TEMPLATE));
      requests.createUser("{}");
      requests.updateUser("nobody", "{}");
      requests.deleteUser("nobody");
      requests.createToken("{}", null);
      requests.revokeToken("nothing");
      System.out.println("ready");
      for (int thread = 0; thread < THREADS; thread++) {
        String prefix = arguments[0] + "t" + thread + "u";
        new Thread(() -> write(requests, prefix)).start();
      }
    }

    private static void write(Requests requests, String prefix) {
      for (int user = 0; ; user++) {
        String id = prefix + user;
        report("POST", id, requests.createUser("{\"id\":\"%s\"}".formatted(id)), 201);
        report(
            "PATCH",
            id,
            requests.updateUser(id, "{\"name\":\"Secret\",\"profile_id\":%d}".formatted(user)),
            200);
        report(
            "PATCH", id, requests.updateUser(id, "{\"username\":\"name.%s\"}".formatted(id)), 200);
        Requests.Response token = requests.createToken("{\"user\":\"%s\"}".formatted(id), null);
        report("TOKEN", id, token, 201);
        report("REVOKE", id, requests.revokeToken(token.body().at("/data/id").asString()), 200);
        if (user % 2 == 0) {
          report("DELETE", id, requests.deleteUser(id), 200);
        }
      }
    }

    private static void report(String change, String id, Requests.Response response, int expected) {
      if (response.status() != expected) {
        throw new IllegalStateException(change + " " + id + ": " + response);
      }
      System.out.println(change + " " + id + ".");
    }
  }
}
