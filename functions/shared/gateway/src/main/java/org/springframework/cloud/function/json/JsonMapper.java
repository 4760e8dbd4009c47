package org.springframework.cloud.function.json;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for Spring Cloud Function's class of this name, which its catalog cannot do without and
 * which builds a Jackson data binder while it is loaded, whether anything is bound or not: 530
 * classes of a cold start. It has the methods of that class, as a test makes sure of, and leaves to
 * its subclass what that class does with its data binder.
 */
public abstract class JsonMapper {

  @SuppressWarnings("TypeParameterUnusedInFormals") // as the library declares it
  public <T> T fromJson(Object json, Type type) {
    return doFromJson(json, type);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // as the library declares it
  protected abstract <T> T doFromJson(Object json, Type type);

  public byte[] toJson(Object value) {
    return toString(value).getBytes(StandardCharsets.UTF_8);
  }

  public abstract String toString(Object value);

  /** Never: the entry hands the catalog objects, which are not looked into for JSON. */
  public static boolean isJsonString(Object value) {
    return false;
  }

  public static boolean isJsonStringRepresentsCollection(Object value) {
    return false;
  }

  public static boolean isJsonStringRepresentsMap(Object value) {
    return false;
  }
}
