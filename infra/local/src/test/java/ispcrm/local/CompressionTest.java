package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThat;

import ispcrm.template.Template;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which responses are compressed, under the conditions that AWS documents. */
class CompressionTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String CONTRACT = "/api/v1/openapi.json";
  private static LocalApi api;

  @BeforeAll
  static void start() throws Exception {
    api = LocalApi.start(0, null);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP", "gzip, deflate, br, zstd", "br;q=0.5, gzip"})
  void largeBody_clientPrefersGzip_isCompressed(String accepted) throws Exception {
    byte[] plain = get(CONTRACT, Map.of()).body();
    HttpResponse<byte[]> response = get(CONTRACT, Map.of("Accept-Encoding", accepted));
    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(response.headers().firstValue("Content-Length"))
        .contains(String.valueOf(response.body().length));
    assertThat(response.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(response.body().length).isLessThan(plain.length / 4);
    assertThat(unzipped(response)).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "identity", "br", "br, gzip", "gzip;q=0", ",;q=x"})
  void largeBody_clientPrefersNoSupportedEncoding_isPlain(String accepted) throws Exception {
    HttpResponse<byte[]> response = get(CONTRACT, Map.of("Accept-Encoding", accepted));
    assertThat(response.statusCode()).isEqualTo(200);
    assertPlain(response);
  }

  @Test
  void body_belowTheTemplatesSize_isPlain() throws Exception {
    HttpResponse<byte[]> response = get("/api/v1/health", Map.of("Accept-Encoding", "gzip"));
    assertThat(response.body().length).isLessThan(Template.load(Map.of()).minimumCompressionSize());
    assertPlain(response);
  }

  @Test
  void head_hasNoEncodingBecauseItHasNoBody() throws Exception {
    HttpRequest request =
        request("/Admin/getToken", Map.of("Accept-Encoding", "gzip"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
  }

  @Test
  void etag_ofACompressedResponse_matchesLater() throws Exception {
    String path = "/api/v1/users/jonewe";
    HttpRequest update =
        request(path, Map.of())
            .method(
                "PATCH",
                HttpRequest.BodyPublishers.ofString(
                    "{\"name\":\"%s\",\"status_reason\":\"%s\"}"
                        .formatted("Ä".repeat(100), "Ä".repeat(200))))
            .build();
    HTTP.send(update, HttpResponse.BodyHandlers.discarding());
    HttpResponse<byte[]> response = get(path, Map.of("Accept-Encoding", "gzip"));
    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    String etag = response.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> same = get(path, Map.of("Accept-Encoding", "gzip", "If-None-Match", etag));
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(same.headers().firstValue("Content-Encoding")).isEmpty();
  }

  private static void assertPlain(HttpResponse<byte[]> response) {
    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).startsWith("{");
  }

  private static byte[] unzipped(HttpResponse<byte[]> response) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
  }

  private static HttpResponse<byte[]> get(String path, Map<String, String> headers)
      throws Exception {
    return HTTP.send(request(path, headers).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(String path, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api.address() + path))
            .header("X-Auth-Token", api.token());
    headers.forEach(request::header);
    return request;
  }
}
