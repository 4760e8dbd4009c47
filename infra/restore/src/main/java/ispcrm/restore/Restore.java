package ispcrm.restore;

import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Takes over the data of a table that was restored to a point in time: copies what is missing into
 * the table of a stack, or prepares the restored table for a stack to adopt. Neither widens
 * anyone's access: tokens come back revoked, and staff and administrators come back disabled,
 * because both may have lost their access since that point in time. If it is interrupted, running
 * it again completes it.
 */
public final class Restore {
  private static final int DONE = 0;
  private static final int INCOMPLETE = 1;
  private static final int FAILED = 2;

  private Restore() {}

  /**
   * Runs with the arguments {@code FROM TO}, to copy, or {@code TABLE}, to prepare. Region,
   * credentials and endpoint come from the default chains of the AWS SDK. The process exits with 0
   * if everything was restored, with 1 if something was left out or needs repair, and with 2 if it
   * was called wrongly or failed.
   */
  public static void main(String[] arguments) {
    // By default, the JDK keeps only five idle connections to a host.
    System.setProperty("http.maxConnections", Integer.toString(Table.WORKERS));
    int status;
    try (DynamoDbClient client =
        Table.client().httpClient(UrlConnectionHttpClient.create()).build()) {
      status = run(List.of(arguments), client, Clock.systemUTC(), System.out, System.err);
    } catch (SdkException e) {
      System.err.println("restore: " + e.getMessage());
      status = FAILED;
    }
    System.exit(status);
  }

  static int run(
      List<String> arguments,
      DynamoDbClient client,
      Clock clock,
      PrintStream out,
      PrintStream err) {
    try {
      Report report =
          switch (arguments.size()) {
            case 1 -> prepare(new Table(client, arguments.get(0)), clock, out, err);
            case 2 ->
                copy(
                    new Table(client, arguments.get(0)),
                    new Table(client, arguments.get(1)),
                    clock,
                    out,
                    err);
            default ->
                throw new RefusedException(
                    "call it with FROM TO to copy, or with TABLE to prepare a table");
          };
      return report.hasProblems() ? INCOMPLETE : DONE;
    } catch (RefusedException | SdkException e) {
      err.println("restore: " + e.getMessage());
    } catch (RuntimeException e) {
      e.printStackTrace(err);
    }
    return FAILED;
  }

  private static Report copy(Table from, Table to, Clock clock, PrintStream out, PrintStream err) {
    if (from.name().equals(to.name())) {
      throw new RefusedException("FROM and TO are the same table");
    }
    if (!from.key().equals(to.key())) {
      throw new RefusedException(
          from.name() + " and " + to.name() + " are different kinds of tables");
    }
    Report report = new Report("left out", out, err);
    Restoration restoration = restoration(to, clock, report);
    from.scan(report, restoration::copy);
    report.finish(to.name());
    return report;
  }

  private static Report prepare(Table table, Clock clock, PrintStream out, PrintStream err) {
    if (table.isProtected()) {
      throw new RefusedException(
          """
          %1$s is protected against deletion, so it is prepared already, or a stack uses it. Nothing was changed.
          If it is a restored table that no stack uses, end its protection and try again:
            aws dynamodb update-table --no-deletion-protection-enabled --table-name %1$s"""
              .formatted(table.name()));
    }
    Report report = new Report("needs repair", out, err);
    restoration(table, clock, report).preparation().forEach(step -> table.scan(report, step));
    table.setUp(table.key().equals(TokensRestoration.KEY) ? TokensRestoration.EXPIRES_AT : null);
    report.finish(table.name());
    return report;
  }

  private static Restoration restoration(Table table, Clock clock, Report report) {
    return switch (table.key()) {
      case UsersRestoration.KEY -> new UsersRestoration(table, report);
      case TokensRestoration.KEY -> new TokensRestoration(table, clock.instant(), report);
      default ->
          throw new RefusedException(
              table.name() + " contains neither users nor tokens: its key is " + table.key());
    };
  }
}
