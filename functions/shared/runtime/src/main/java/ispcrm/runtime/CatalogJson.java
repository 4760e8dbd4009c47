package ispcrm.runtime;

import java.lang.reflect.Type;
import org.springframework.cloud.function.json.JsonMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

/**
 * The JSON mapper and message converter that Spring Cloud Function's catalog requires. Neither is
 * ever called, because {@link LambdaEntryPoint} reads and writes the JSON and passes the catalog
 * the function's own input type.
 */
final class CatalogJson extends JsonMapper implements MessageConverter {

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // as in the superclass
  protected <T> T doFromJson(Object json, Type type) {
    throw notCalled();
  }

  @Override
  public String toString(Object value) {
    throw notCalled();
  }

  @Override
  public Object fromMessage(Message<?> message, Class<?> target) {
    throw notCalled();
  }

  @Override
  public Message<?> toMessage(Object payload, MessageHeaders headers) {
    throw notCalled();
  }

  private static UnsupportedOperationException notCalled() {
    return new UnsupportedOperationException("the catalog is given no JSON and no messages");
  }
}
