package ispcrm.gateway;

import java.lang.reflect.Type;
import org.springframework.cloud.function.json.JsonMapper;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

/**
 * What Spring Cloud Function's catalog would make of JSON and of messages that hold it. It asks for
 * nothing: our entry reads and writes {@link Json} itself and hands the catalog what the function
 * takes.
 */
final class CatalogJson extends JsonMapper implements MessageConverter {

  @Override
  protected <T> T doFromJson(Object json, Type type) {
    throw new UnsupportedOperationException("the entry reads JSON, not the catalog");
  }

  @Override
  public String toString(Object value) {
    throw new UnsupportedOperationException("the entry writes JSON, not the catalog");
  }

  @Override
  public Object fromMessage(Message<?> message, Class<?> target) {
    throw new UnsupportedOperationException("the entry hands the catalog no messages");
  }

  @Override
  public Message<?> toMessage(Object payload, MessageHeaders headers) {
    throw new UnsupportedOperationException("the entry takes no messages from the catalog");
  }
}
