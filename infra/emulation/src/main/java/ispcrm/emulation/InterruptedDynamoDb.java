package ispcrm.emulation;

import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** A client of DynamoDB where somebody else does something just before each transaction. */
public final class InterruptedDynamoDb implements DynamoDbClient {
  private final DynamoDbClient client;
  private final Consumer<TransactWriteItemsRequest> interruption;

  /**
   * @param interruption gets the transaction that is about to be sent
   */
  public InterruptedDynamoDb(
      DynamoDbClient client, Consumer<TransactWriteItemsRequest> interruption) {
    this.client = client;
    this.interruption = interruption;
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    interruption.accept(request);
    return client.transactWriteItems(request);
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return client.getItem(request);
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    return client.query(request);
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return client.updateItem(request);
  }

  @Override
  public String serviceName() {
    return client.serviceName();
  }

  @Override
  public void close() {
    client.close();
  }
}
