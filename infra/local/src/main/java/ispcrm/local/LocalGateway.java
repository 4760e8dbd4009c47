package ispcrm.local;

import ispcrm.emulation.LocalLambda;
import ispcrm.template.GatewayResponse;
import ispcrm.template.Template;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for API Gateway: serves the template's routes behind the authorizer, and returns the
 * template's gateway responses if a request does not reach a function.
 */
final class LocalGateway implements AutoCloseable {
  /** The largest body that API Gateway accepts. */
  private static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

  /** How long a client may pause in the middle of a request. */
  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  /** How long a client may take to send a request, or to read a response. */
  private static final Duration MAX_TRANSFER = Duration.ofMinutes(1);

  /** More than a request waits for its turn and its response. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);

  /**
   * More calls at once would share the processors until all of them miss their deadlines. Others
   * wait.
   */
  private static final int CALLS_AT_ONCE = 32;

  private static final int WAITING_CALLS = 1000;

  private static final JsonMapper JSON = new JsonMapper();

  private final Server server = new Server();
  private final ServerConnector connector;
  private final ThreadPoolExecutor callers =
      new ThreadPoolExecutor(
          CALLS_AT_ONCE,
          CALLS_AT_ONCE,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_CALLS));

  private LocalGateway(Duration maxTransfer) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setUriCompliance(UriCompliance.UNSAFE);
    // Otherwise a header is read as an earlier one of its connection that differs only in case, and
    // a token that was mistyped in this way is accepted.
    http.setHeaderCacheCaseSensitive(true);
    // Connections without a request stay open for longer, so that clients can use them again.
    http.setIdleTimeout(MAX_PAUSE.toMillis());
    connector =
        new ServerConnector(server, new HttpConnectionFactory(http)) {
          @Override
          protected SocketChannelEndPoint newEndPoint(
              SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            SocketChannelEndPoint endPoint =
                new TimedEndPoint(channel, selector, key, getScheduler(), maxTransfer);
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
          }
        };
    connector.setHost("127.0.0.1");
    // With Java's 50, the connections of a burst of clients are delayed by seconds or reset.
    connector.setAcceptQueueSize(WAITING_CALLS);
    server.addConnector(connector);
  }

  /**
   * Opens the port. Clients that connect before {@link #start} have to wait.
   *
   * @throws CannotStartException if the port is in use
   */
  static LocalGateway listen(int port) throws CannotStartException {
    return listen(port, MAX_TRANSFER);
  }

  /**
   * @param maxTransfer how long a client may take to send a request, or to read a response
   */
  static LocalGateway listen(int port, Duration maxTransfer) throws CannotStartException {
    LocalGateway gateway = new LocalGateway(maxTransfer);
    gateway.connector.setPort(port);
    try {
      gateway.connector.open();
      return gateway;
    } catch (IOException e) {
      throw new CannotStartException(
          "Port "
              + port
              + " is in use: stop the program that uses it, or set PORT to another port.");
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  /**
   * Serves requests.
   *
   * @param isThrottled whether the limits of the template's stage apply
   */
  void start(Template template, LocalLambda lambda, boolean isThrottled) throws Exception {
    Sender sender = new Sender(template.minimumCompressionSize());
    GatewayResponses gatewayResponses = new GatewayResponses(template, sender);
    Predicate<Template.Route> throttle =
        isThrottled ? new Throttle(template::limit, System::nanoTime)::accepts : route -> true;
    server.setHandler(
        new Calls(new RouteTable(template), throttle, callers, lambda, sender, gatewayResponses));
    server.setErrorHandler(
        new ErrorHandler() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            if (response.getStatus() == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505) {
              response.setStatus(HttpStatus.BAD_REQUEST_400);
            }
            boolean serverError = response.getStatus() >= 500;
            gatewayResponses.send(
                "DEFAULT_" + (serverError ? "5XX" : "4XX"), new Call(request), response, callback);
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
      callers.shutdownNow();
    } catch (Exception cause) {
      throw new IllegalStateException("the HTTP server did not stop", cause);
    }
  }

  /** Handles a request between the client and a function. */
  private static final class Calls extends Handler.Abstract {
    private final RouteTable routes;
    private final Predicate<Template.Route> throttle;
    private final Executor callers;
    private final LocalLambda lambda;
    private final Sender sender;
    private final GatewayResponses gatewayResponses;

    Calls(
        RouteTable routes,
        Predicate<Template.Route> throttle,
        Executor callers,
        LocalLambda lambda,
        Sender sender,
        GatewayResponses gatewayResponses) {
      this.routes = routes;
      this.throttle = throttle;
      this.callers = callers;
      this.lambda = lambda;
      this.sender = sender;
      this.gatewayResponses = gatewayResponses;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Call call = new Call(request);
      Optional<RouteTable.Match> match = routes.match(call.method(), call.path());
      if (match.isEmpty()) {
        gatewayResponses.send("MISSING_AUTHENTICATION_TOKEN", call, response, callback);
        return true;
      }
      if (!throttle.test(match.get().route())) {
        gatewayResponses.send("THROTTLED", call, response, callback);
        return true;
      }
      Map<String, Object> event;
      try {
        event = call.event(match.get());
      } catch (IllegalArgumentException | HttpException.RuntimeException e) {
        response.setStatus(400);
        gatewayResponses.send("DEFAULT_4XX", call, response, callback);
        return true;
      }
      if (request.getLength() > MAX_BODY_BYTES) {
        gatewayResponses.send("REQUEST_TOO_LARGE", call, response, callback);
        return true;
      }
      // No thread waits for a body, so that slow clients cannot occupy all of them.
      Content.Source.asByteArrayAsync(
          request,
          MAX_BODY_BYTES,
          Promise.Invocable.from(
              Invocable.InvocationType.NON_BLOCKING,
              (body, fault) -> {
                if (fault != null) {
                  refuse(fault, call, response, callback);
                  return;
                }
                awaitsResponse(request);
                try {
                  callers.execute(() -> answer(call, match.get(), event, body, response, callback));
                } catch (RejectedExecutionException e) {
                  gatewayResponses.send("THROTTLED", call, response, callback);
                }
              }));
      return true;
    }

    /**
     * From here on the client waits for us and not the reverse. Ignoring {@link #MAX_PAUSE} would
     * not be enough: Jetty gives up a response that is being written when the pause ends.
     */
    private static void awaitsResponse(Request request) {
      request
          .getConnectionMetaData()
          .getConnection()
          .getEndPoint()
          .setIdleTimeout(MAX_WAIT.toMillis());
      request.addIdleTimeoutListener(timeout -> false);
    }

    /** Responds to a request whose body could not be read. */
    private void refuse(Throwable fault, Call call, Response response, Callback callback) {
      if (fault instanceof TimeoutException) {
        response.setStatus(HttpStatus.REQUEST_TIMEOUT_408);
        gatewayResponses.send("DEFAULT_4XX", call, response, callback);
      } else if (fault instanceof IllegalStateException) {
        gatewayResponses.send("REQUEST_TOO_LARGE", call, response, callback);
      } else {
        response.setStatus(HttpStatus.BAD_REQUEST_400);
        gatewayResponses.send("DEFAULT_4XX", call, response, callback);
      }
    }

    private void answer(
        Call call,
        RouteTable.Match match,
        Map<String, Object> event,
        byte[] body,
        Response response,
        Callback callback) {
      if (match.route().authorized()) {
        Map<String, String> context = new HashMap<>(call.context());
        String refusal = authorize(event, context);
        if (refusal != null) {
          gatewayResponses.send(refusal, context, response, callback);
          return;
        }
      }
      event.put("body", body.length == 0 ? null : new String(body, StandardCharsets.UTF_8));
      event.put("isBase64Encoded", false);
      JsonNode functionResponse;
      try {
        functionResponse = invoke(match.function(), event);
      } catch (RuntimeException e) {
        System.err.println(match.function() + " failed: " + e);
        gatewayResponses.send("INTEGRATION_FAILURE", call, response, callback);
        return;
      }
      send(functionResponse, response, callback);
    }

    /**
     * Adds the authorizer's context to the event and to the variables of gateway responses; returns
     * the type of a gateway response if it refuses.
     */
    private String authorize(Map<String, Object> event, Map<String, String> variables) {
      Map<String, Object> authorizerEvent = new LinkedHashMap<>(event);
      authorizerEvent.put("type", "REQUEST");
      authorizerEvent.put("methodArn", Call.methodArn(event));
      JsonNode policy;
      try {
        policy = invoke("authorizer", authorizerEvent);
      } catch (RuntimeException e) {
        if ("Unauthorized".equals(e.getMessage())) {
          return "UNAUTHORIZED";
        }
        System.err.println(e.getMessage() + ": " + e.getCause());
        return "AUTHORIZER_FAILURE";
      }
      Map<String, Object> context = new HashMap<>();
      policy
          .path("context")
          .properties()
          .forEach(value -> context.put(value.getKey(), value.getValue().asString()));
      context.put("principalId", policy.path("principalId").asString());
      context.forEach((name, value) -> variables.put("authorizer." + name, (String) value));
      JsonNode statement = policy.at("/policyDocument/Statement/0");
      if (!statement.path("Effect").asString("").equals("Allow")
          || !statement.path("Resource").asString("").equals(authorizerEvent.get("methodArn"))) {
        return "ACCESS_DENIED";
      }
      Call.requestContext(event).put("authorizer", context);
      return null;
    }

    private JsonNode invoke(String function, Map<String, Object> event) {
      return JSON.readTree(lambda.invoke(function, JSON.writeValueAsString(event)));
    }

    private void send(JsonNode functionResponse, Response response, Callback callback) {
      response.setStatus(functionResponse.required("statusCode").asInt());
      functionResponse
          .path("headers")
          .properties()
          .forEach(
              header -> response.getHeaders().put(header.getKey(), header.getValue().asString()));
      sender.send(functionResponse.required("body").asString(), response, callback);
    }
  }

  /** The responses of the gateway itself. */
  private record GatewayResponses(Template template, Sender sender) {

    void send(String type, Call call, Response response, Callback callback) {
      send(type, call.context(), response, callback);
    }

    void send(String type, Map<String, String> context, Response response, Callback callback) {
      GatewayResponse gatewayResponse = template.gatewayResponse(type);
      if (gatewayResponse.status() != null) {
        response.setStatus(gatewayResponse.status());
      }
      gatewayResponse
          .headers(context)
          .forEach((name, value) -> response.getHeaders().put(name, value));
      response.getHeaders().put("Content-Type", "application/json");
      sender.send(gatewayResponse.body(context), response, callback);
    }
  }

  /**
   * Sends bodies, compressed like API Gateway does: if the body has the minimum size, and the
   * encoding that the client prefers is supported. Nothing else changes, not even the ETag.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-enable-compression.html">Enable
   *     payload compression for an API</a>
   */
  private record Sender(int minimumCompressionSize) {

    void send(String body, Response response, Callback callback) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= minimumCompressionSize && acceptsGzip(response.getRequest())) {
        response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
        bytes = gzip(bytes);
      }
      response.write(true, ByteBuffer.wrap(bytes), callback);
    }

    /** Whether the client prefers gzip; {@code *}, or no header, is not enough. */
    private static boolean acceptsGzip(Request request) {
      return request.getHeaders().getQualityCSV(HttpHeader.ACCEPT_ENCODING).stream()
          .findFirst()
          .filter(encoding -> encoding.equalsIgnoreCase("gzip"))
          .isPresent();
    }

    private static byte[] gzip(byte[] plain) {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(plain);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return compressed.toByteArray();
    }
  }
}
