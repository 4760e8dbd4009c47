package ispcrm.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The class that Lambda instantiates, by its public constructor without parameters. It wires a
 * function and leaves everything else to its entry point.
 */
public abstract class LambdaHandler implements RequestStreamHandler {
  private final LambdaEntryPoint entryPoint;

  protected LambdaHandler(LambdaEntryPoint entryPoint) {
    this.entryPoint = entryPoint;
  }

  @Override
  public final void handleRequest(InputStream in, OutputStream out, Context context)
      throws IOException {
    entryPoint.handleRequest(in, out, context);
  }
}
