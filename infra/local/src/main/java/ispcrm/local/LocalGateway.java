package ispcrm.local;

import ispcrm.emulation.LocalLambda;
import ispcrm.template.GatewayResponse;
import ispcrm.template.Template;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands where API Gateway stands: the template's routes, the authorizer before them, the
 * template's gateway responses where no function answers.
 */
final class LocalGateway implements AutoCloseable {
  /** API Gateway takes no larger body. */
  private static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

  private static final JsonMapper JSON = new JsonMapper();

  private final Server server = new Server();
  private final ServerConnector connector;

  private LocalGateway() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setUriCompliance(UriCompliance.UNSAFE);
    connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
  }

  /**
   * Takes the port; who connects before {@link #start} waits.
   *
   * @throws CannotStartException where the port is taken
   */
  static LocalGateway listen(int port) throws CannotStartException {
    LocalGateway gateway = new LocalGateway();
    gateway.connector.setPort(port);
    try {
      gateway.connector.open();
      return gateway;
    } catch (IOException taken) {
      throw new CannotStartException(
          "Port " + port + " is taken: stop what listens there, or start with PORT=another.");
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  void start(Template template, LocalLambda lambda) throws Exception {
    Answers answers = new Answers(template);
    server.setHandler(new Calls(new RouteTable(template), lambda, answers));
    server.setErrorHandler(
        new ErrorHandler() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            boolean ours = response.getStatus() >= 500;
            answers.send(
                "DEFAULT_" + (ours ? "5XX" : "4XX"), new Call(request), response, callback);
            return true;
          }
        });
    server.start();
  }

  void join() throws InterruptedException {
    server.join();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception cause) {
      throw new IllegalStateException("the HTTP server does not stop", cause);
    }
  }

  /** What happens to a request between the client and a function. */
  private static final class Calls extends Handler.Abstract {
    private final RouteTable routes;
    private final LocalLambda lambda;
    private final Answers answers;

    Calls(RouteTable routes, LocalLambda lambda, Answers answers) {
      this.routes = routes;
      this.lambda = lambda;
      this.answers = answers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Call call = new Call(request);
      Optional<RouteTable.Match> match = routes.match(call.method(), call.path());
      if (match.isEmpty()) {
        answers.send("MISSING_AUTHENTICATION_TOKEN", call, response, callback);
        return true;
      }
      Map<String, Object> event;
      try {
        event = call.event(match.get());
      } catch (IllegalArgumentException | HttpException.RuntimeException malformed) {
        response.setStatus(400);
        answers.send("DEFAULT_4XX", call, response, callback);
        return true;
      }
      byte[] body = Content.Source.asInputStream(request).readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        answers.send("REQUEST_TOO_LARGE", call, response, callback);
        return true;
      }
      if (match.get().route().authorized()) {
        String refusal = authorize(event);
        if (refusal != null) {
          answers.send(refusal, call, response, callback);
          return true;
        }
      }
      event.put("body", body.length == 0 ? null : new String(body, StandardCharsets.UTF_8));
      event.put("isBase64Encoded", false);
      JsonNode answer;
      try {
        answer = invoke(match.get().function(), event);
      } catch (RuntimeException failed) {
        System.err.println(match.get().function() + " failed: " + failed);
        answers.send("INTEGRATION_FAILURE", call, response, callback);
        return true;
      }
      send(answer, response, callback);
      return true;
    }

    /** Puts what the authorizer hands on into the event, or says which gateway response is due. */
    private String authorize(Map<String, Object> event) {
      Map<String, Object> question = new LinkedHashMap<>(event);
      question.put("type", "REQUEST");
      question.put("methodArn", Call.methodArn(event));
      JsonNode policy;
      try {
        policy = invoke("authorizer", question);
      } catch (RuntimeException refused) {
        return "Unauthorized".equals(refused.getMessage()) ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE";
      }
      JsonNode statement = policy.at("/policyDocument/Statement/0");
      if (!statement.path("Effect").asString("").equals("Allow")
          || !statement.path("Resource").asString("").equals(question.get("methodArn"))) {
        return "ACCESS_DENIED";
      }
      Map<String, Object> handedOn = new HashMap<>();
      policy
          .path("context")
          .properties()
          .forEach(value -> handedOn.put(value.getKey(), value.getValue().asString()));
      handedOn.put("principalId", policy.path("principalId").asString());
      Call.requestContext(event).put("authorizer", handedOn);
      return null;
    }

    private JsonNode invoke(String function, Map<String, Object> event) {
      return JSON.readTree(lambda.invoke(function, JSON.writeValueAsString(event)));
    }

    private static void send(JsonNode answer, Response response, Callback callback) {
      response.setStatus(answer.required("statusCode").asInt());
      answer
          .path("headers")
          .properties()
          .forEach(
              header -> response.getHeaders().put(header.getKey(), header.getValue().asString()));
      Content.Sink.write(response, true, answer.required("body").asString(), callback);
    }
  }

  /** The gateway's own answers. */
  private record Answers(Template template) {

    void send(String type, Call call, Response response, Callback callback) {
      GatewayResponse answer = template.gatewayResponse(type);
      if (answer.status() != null) {
        response.setStatus(answer.status());
      }
      Map<String, String> context = call.context();
      answer.headers(context).forEach((name, value) -> response.getHeaders().put(name, value));
      response.getHeaders().put("Content-Type", "application/json");
      response.write(
          true, ByteBuffer.wrap(answer.body(context).getBytes(StandardCharsets.UTF_8)), callback);
    }
  }
}
