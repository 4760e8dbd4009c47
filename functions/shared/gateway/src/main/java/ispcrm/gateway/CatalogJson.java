package ispcrm.gateway;

import java.lang.reflect.Type;
import org.springframework.cloud.function.json.JsonMapper;

/**
 * What Spring Cloud Function's catalog would make of JSON. It asks for nothing: our entry reads and
 * writes {@link Json} itself and hands the catalog what the function takes.
 */
final class CatalogJson extends JsonMapper {

  @Override
  protected <T> T doFromJson(Object json, Type type) {
    throw new UnsupportedOperationException("the entry reads JSON, not the catalog");
  }

  @Override
  public String toString(Object value) {
    throw new UnsupportedOperationException("the entry writes JSON, not the catalog");
  }
}
