package ispcrm.adminpage;

import ispcrm.gateway.ApiHandler;
import java.util.Map;

/** Wires {@link AdminPage} as the Lambda function of its endpoint. */
public final class AdminPageHandler extends ApiHandler {

  public AdminPageHandler() {
    this(System.getenv());
  }

  public AdminPageHandler(Map<String, String> environment) {
    super("adminPage", new AdminPage(), environment);
  }

  @Override
  protected void prime() {
    rehearse(
        """
        {"requestContext":{"requestId":"snapstart"}}
        """);
  }
}
