package ispcrm.emulation;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The token with which the events call, as it is stored. A change that grants access checks that
 * its calling token is in the table.
 */
public final class CallingToken {
  public static final String ID = "0192f0c8-6a4e-7c11-9d2b-3f6a5b7c8d9e";

  /** The key of the item: the SHA-256 of the example token in the headers of the events. */
  public static final String KEY =
      "0d2f8bd0fd8c39319917966139f78ccf8aec7f2409416ef057da7ef8cd6ada7f";

  public static final String CREATED_AT = "2024-12-01T09:25:12Z";

  private CallingToken() {}

  /** Stores the token of a user; one that was revoked is valid again. */
  public static void store(DynamoDbClient client, String user) {
    client.putItem(
        put ->
            put.tableName("TokensTable")
                .item(
                    Map.of(
                        "sha256", AttributeValue.fromS(KEY),
                        "id", AttributeValue.fromS(ID),
                        "user", AttributeValue.fromS(user),
                        "created_at", AttributeValue.fromN("1733045112"),
                        "created_by", AttributeValue.fromS("admin"),
                        "expires_at", AttributeValue.fromN("4102444800"))));
  }
}
