package ispcrm.dynamodb;

import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Takes a success without a checksum for no response. The SDK compares a checksum only if there is
 * one, and reads an empty response as an item that does not exist.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html">DynamoDB
 *     low-level API</a>
 */
final class ChecksumRequired implements ExecutionInterceptor {

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    if (context.httpResponse().isSuccessful()
        && context.httpResponse().firstMatchingHeader("x-amz-crc32").isEmpty()) {
      throw Crc32MismatchException.create("The response has no checksum", null);
    }
  }
}
