package ispcrm.discoverroot;

import ispcrm.gateway.ApiHandler;
import java.util.Map;

/** Wires {@link DiscoverRoot} as the Lambda function of its endpoint. */
public final class DiscoverRootHandler extends ApiHandler {

  public DiscoverRootHandler() {
    this(System.getenv());
  }

  public DiscoverRootHandler(Map<String, String> environment) {
    super("discoverRoot", new DiscoverRoot(), environment);
  }

  @Override
  protected void prime() {
    rehearse(
        """
        {"requestContext":{"requestId":"snapstart","authorizer":{"scopes":"users:read self:read"}}}
        """);
  }
}
