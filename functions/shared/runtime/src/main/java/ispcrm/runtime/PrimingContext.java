package ispcrm.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.nio.charset.StandardCharsets;

/**
 * The context of a call that only primes a function. What the call logs is discarded, except for
 * warnings and errors, which mean that it did not do what it was to prime.
 */
final class PrimingContext implements Context, LambdaLogger {
  private static final int REMAINING_MILLIS = 10_000;

  private boolean failed;

  /** Whether the call logged a warning or an error. */
  boolean hasFailed() {
    return failed;
  }

  @Override
  public void log(byte[] message, LogLevel level) {
    if (level.compareTo(LogLevel.WARN) >= 0) {
      failed = true;
      LambdaRuntime.getLogger().log(message, level);
    }
  }

  @Override
  public void log(String message) {
    log(message.getBytes(StandardCharsets.UTF_8), LogLevel.UNDEFINED);
  }

  @Override
  public void log(byte[] message) {
    log(message, LogLevel.UNDEFINED);
  }

  @Override
  public LambdaLogger getLogger() {
    return this;
  }

  @Override
  public String getAwsRequestId() {
    return "priming";
  }

  @Override
  public int getRemainingTimeInMillis() {
    return REMAINING_MILLIS;
  }

  @Override
  public String getLogGroupName() {
    return null;
  }

  @Override
  public String getLogStreamName() {
    return null;
  }

  @Override
  public String getFunctionName() {
    return null;
  }

  @Override
  public String getFunctionVersion() {
    return null;
  }

  @Override
  public String getInvokedFunctionArn() {
    return null;
  }

  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 0;
  }
}
