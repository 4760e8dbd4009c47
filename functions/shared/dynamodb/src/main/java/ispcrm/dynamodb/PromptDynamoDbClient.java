package ispcrm.dynamodb;

import ispcrm.runtime.Deadline;
import ispcrm.runtime.UnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * A client with the calls that the functions make. Each ends by the {@link Deadline}, with its
 * retries. If DynamoDB throttles, fails or does not respond, it throws {@link UnavailableException}
 * instead of the SDK's exception.
 */
final class PromptDynamoDbClient implements DynamoDbClient {
  private static final int SERVER_ERROR = 500;

  private final DynamoDbClient sdk;

  PromptDynamoDbClient(DynamoDbClient sdk) {
    this.sdk = sdk;
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return call(request.toBuilder().overrideConfiguration(limit(request)).build(), sdk::getItem);
  }

  @Override
  public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
    return call(
        request.toBuilder().overrideConfiguration(limit(request)).build(), sdk::batchGetItem);
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    return call(request.toBuilder().overrideConfiguration(limit(request)).build(), sdk::query);
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return call(request.toBuilder().overrideConfiguration(limit(request)).build(), sdk::updateItem);
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    return call(
        request.toBuilder().overrideConfiguration(limit(request)).build(), sdk::transactWriteItems);
  }

  @Override
  public String serviceName() {
    return sdk.serviceName();
  }

  @Override
  public void close() {
    sdk.close();
  }

  private static Consumer<AwsRequestOverrideConfiguration.Builder> limit(DynamoDbRequest request) {
    Duration remaining = Deadline.remaining();
    Optional<Duration> own =
        request.overrideConfiguration().flatMap(AwsRequestOverrideConfiguration::apiCallTimeout);
    Duration limit = own.filter(shorter -> shorter.compareTo(remaining) < 0).orElse(remaining);
    if (limit.isNegative() || limit.isZero()) {
      throw new UnavailableException("no time is left for DynamoDB", null);
    }
    return configuration -> configuration.apiCallTimeout(limit);
  }

  private static <Q extends DynamoDbRequest, R> R call(Q request, Function<Q, R> sdk) {
    try {
      return sdk.apply(request);
    } catch (SdkException e) {
      if (e instanceof AwsServiceException error
          && error.statusCode() < SERVER_ERROR
          && !error.isThrottlingException()
          && !DynamoDb.isUnreadable(error)) {
        throw e;
      }
      String call = request.getClass().getSimpleName().replace("Request", "");
      throw new UnavailableException(
          e instanceof AwsServiceException error && error.isThrottlingException()
              ? "DynamoDB throttles " + call
              : "DynamoDB did not respond properly to " + call,
          e);
    }
  }
}
