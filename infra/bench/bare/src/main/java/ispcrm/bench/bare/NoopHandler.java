package ispcrm.bench.bare;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Does nothing, so that only Java and the runtime client are measured. */
public final class NoopHandler implements RequestStreamHandler {

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    out.write("{\"statusCode\":200}".getBytes(StandardCharsets.UTF_8));
  }
}
