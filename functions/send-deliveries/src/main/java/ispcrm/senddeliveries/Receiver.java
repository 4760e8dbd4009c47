package ispcrm.senddeliveries;

import ispcrm.webhooks.Destinations;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends messages over HTTP. The name of a host is resolved once, every address of it must be one
 * that webhooks may lead to, and the connection goes to an address that was checked. Nothing of a
 * response's body is kept.
 */
final class Receiver {
  /** How long an attempt takes at most. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int MAX_CONNECTIONS = 100;
  private static final int MAX_LINE = 8 * 1024;
  private static final int MAX_HEADERS = 100;

  /** A body that is read, so that its connection can be used again. */
  private static final int SMALL_BODY = 4 * 1024;

  private static final String LATE = "no response within 10 seconds";

  private final CloseableHttpClient http;
  private final ScheduledExecutorService deadlines = deadlines();

  Receiver(Destinations destinations) {
    this(destinations, SystemDefaultDnsResolver.INSTANCE);
  }

  Receiver(Destinations destinations, DnsResolver names) {
    Timeout limit = Timeout.of(LIMIT);
    http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new CheckedNames(destinations, names))
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .http1Config(
                                Http1Config.custom()
                                    .setMaxLineLength(MAX_LINE)
                                    .setMaxHeaderCount(MAX_HEADERS)
                                    .build())
                            .build())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(limit)
                            .setSocketTimeout(limit)
                            // A function can be frozen at any time, and its connections die.
                            .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                            .setTimeToLive(Timeout.ofSeconds(30))
                            .build())
                    .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(limit).build())
                    .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(limit).build())
                    .setMaxConnTotal(MAX_CONNECTIONS)
                    .setMaxConnPerRoute(MAX_CONNECTIONS)
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setRedirectsEnabled(false)
                    .setResponseTimeout(limit)
                    .setConnectionRequestTimeout(limit)
                    .build())
            .setUserAgent("ispcrm-webhooks/1")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableContentCompression()
            .disableAuthCaching()
            .build();
  }

  private static ScheduledExecutorService deadlines() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "deadlines");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /**
   * What came of an attempt.
   *
   * @param status the status of the response; null if there was none
   * @param reason why it failed; null if the status says it
   * @param pause how long the receiver asks to wait; null if it does not
   */
  record Result(Integer status, String reason, Duration pause) {
    private static Result failed(String reason) {
      return new Result(null, reason, null);
    }
  }

  /** Sends a message, once. */
  Result send(String url, String body, Map<String, String> headers) {
    HttpPost post = new HttpPost(URI.create(url));
    post.setEntity(
        new StringEntity(body, ContentType.APPLICATION_JSON.withCharset(StandardCharsets.UTF_8)));
    headers.forEach(post::setHeader);
    AtomicBoolean isLate = new AtomicBoolean();
    ScheduledFuture<?> deadline =
        deadlines.schedule(
            () -> {
              isLate.set(true);
              post.cancel();
            },
            LIMIT.toMillis(),
            TimeUnit.MILLISECONDS);
    try (ClassicHttpResponse response = http.executeOpen(null, post, null)) {
      Result result = result(response);
      finish(response);
      return result;
    } catch (IOException e) {
      return Result.failed(isLate.get() ? LATE : reason(e));
    } catch (RuntimeException e) {
      if (isLate.get()) {
        return Result.failed(LATE);
      }
      throw e;
    } finally {
      deadline.cancel(false);
    }
  }

  private static Result result(ClassicHttpResponse response) {
    int status = response.getCode();
    Header header = response.getFirstHeader("Retry-After");
    return new Result(
        status,
        status / 100 == 3 ? "redirects are not followed" : null,
        header == null ? null : pause(header.getValue()));
  }

  /** Lets the connection be used again if that costs little. */
  private static void finish(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity != null
        && entity.getContentLength() >= 0
        && entity.getContentLength() <= SMALL_BODY) {
      EntityUtils.consume(entity);
    }
  }

  /**
   * The pause that Retry-After asks for; null if it cannot be read.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, Retry-After</a>
   */
  static Duration pause(String value) {
    if (value.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      return Duration.between(
          Instant.now(), ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** What failed, in words that say nothing about what is inside. */
  private static String reason(IOException e) {
    if (e instanceof ForbiddenAddressException) {
      return "the host has an address that is not public";
    }
    if (e instanceof UnknownHostException) {
      return "the name of the host cannot be resolved";
    }
    if (e instanceof SSLException) {
      return "no TLS connection, or the certificate is not valid for the host";
    }
    if (e instanceof InterruptedIOException) {
      return LATE;
    }
    if (e instanceof ConnectException) {
      return "no connection";
    }
    return e instanceof ClientProtocolException
        ? "the response is not HTTP, or its header is too large"
        : "the connection was closed before the response";
  }

  /** A host that leads inside. */
  private static final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1;
  }

  /** Resolves names, and refuses a host if any of its addresses is not allowed. */
  private record CheckedNames(Destinations destinations, DnsResolver names) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = names.resolve(host);
      if (!List.of(addresses).stream().allMatch(destinations::isAllowed)) {
        throw new ForbiddenAddressException();
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
