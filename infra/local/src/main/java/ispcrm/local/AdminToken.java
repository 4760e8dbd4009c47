package ispcrm.local;

import ispcrm.emulation.LocalLambda;
import ispcrm.emulation.OwnerOnly;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/**
 * The administrator's token that the local run prints, issued by bootstrap-admin as in an AWS
 * account.
 */
final class AdminToken {
  private static final String FILE = "admin-token";

  private AdminToken() {}

  /**
   * Returns the token of an earlier start if the data is kept and the API still accepts that token,
   * and a new token otherwise. To get a new token, delete the file admin-token in the data folder.
   *
   * @param address the API's address
   * @param data the folder that keeps the data, or null
   */
  static String loadOrIssue(LocalLambda lambda, URI address, Path data) throws IOException {
    if (data == null) {
      return issue(lambda);
    }
    Path file = data.resolve(FILE);
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (isAccepted(kept, address)) {
        return kept;
      }
      Files.delete(file);
    }
    String token = issue(lambda);
    OwnerOnly.create(file);
    Files.writeString(file, token + "\n");
    return token;
  }

  private static String issue(LocalLambda lambda) {
    return new JsonMapper()
        .readTree(lambda.invoke("bootstrap-admin", "{}"))
        .required("token")
        .asString();
  }

  private static boolean isAccepted(String token, URI address) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) address.resolve("/api/v1").toURL().openConnection();
    connection.setRequestProperty("X-Auth-Token", token);
    return connection.getResponseCode() == 200;
  }
}
