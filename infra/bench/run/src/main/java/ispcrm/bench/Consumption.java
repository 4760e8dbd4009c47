package ispcrm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

/**
 * Makes DynamoDB report the capacity that each call of this process consumes. The SDK finds this
 * class on the class path, so the deployed code does not refer to it.
 */
public final class Consumption implements ExecutionInterceptor {
  private static final DoubleAdder UNITS = new DoubleAdder();

  /** The capacity units consumed since the last call of this method. */
  static double take() {
    return UNITS.sumThenReset();
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    ReturnConsumedCapacity total = ReturnConsumedCapacity.TOTAL;
    if (context.request() instanceof GetItemRequest request) {
      return request.toBuilder().returnConsumedCapacity(total).build();
    }
    if (context.request() instanceof QueryRequest request) {
      return request.toBuilder().returnConsumedCapacity(total).build();
    }
    if (context.request() instanceof TransactWriteItemsRequest request) {
      return request.toBuilder().returnConsumedCapacity(total).build();
    }
    return context.request();
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    List<ConsumedCapacity> consumed = new ArrayList<>();
    if (context.response() instanceof GetItemResponse response) {
      consumed.add(response.consumedCapacity());
    } else if (context.response() instanceof QueryResponse response) {
      consumed.add(response.consumedCapacity());
    } else if (context.response() instanceof TransactWriteItemsResponse response) {
      consumed.addAll(response.consumedCapacity());
    }
    consumed.forEach(capacity -> UNITS.add(capacity.capacityUnits()));
  }
}
