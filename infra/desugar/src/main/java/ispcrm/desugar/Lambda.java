package ispcrm.desugar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * One lambda expression or method reference, as the compiler hands it to {@link
 * java.lang.invoke.LambdaMetafactory#metafactory}.
 *
 * @param method the name of the functional interface's method
 * @param descriptor that method's, erased
 * @param factory takes the captured values and returns the functional interface
 * @param body the method that is called, the captured values being its first arguments
 */
record Lambda(String method, Type descriptor, Type factory, Handle body) {
  /** Calls on an object, which is then the first argument. */
  private static final Set<Integer> ON_OBJECT =
      Set.of(Opcodes.H_INVOKEVIRTUAL, Opcodes.H_INVOKEINTERFACE, Opcodes.H_INVOKESPECIAL);

  /** Null where it is none, or one that asks for more than {@link LambdaClass} does. */
  static Lambda of(
      String host, String method, String factory, Handle bootstrap, Object... arguments) {
    if (!bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory")
        || !bootstrap.getName().equals("metafactory")) {
      return null;
    }
    Handle body = (Handle) arguments[1];
    Lambda lambda = new Lambda(method, (Type) arguments[0], Type.getMethodType(factory), body);
    boolean ofParent = body.getTag() == Opcodes.H_INVOKESPECIAL && !body.getOwner().equals(host);
    return !ofParent && lambda.converts((Type) arguments[2]) ? lambda : null;
  }

  /** The same for all that one class can stand for. */
  String kind() {
    return method + descriptor + factory;
  }

  boolean constructs() {
    return body.getTag() == Opcodes.H_NEWINVOKESPECIAL;
  }

  /** What the body takes: captured values, then the arguments of the call. */
  List<Type> parameters() {
    List<Type> parameters = new ArrayList<>();
    if (ON_OBJECT.contains(body.getTag())) {
      parameters.add(Type.getObjectType(body.getOwner()));
    }
    parameters.addAll(List.of(Type.getArgumentTypes(body.getDesc())));
    return parameters;
  }

  /** What the body returns. */
  Type result() {
    return constructs() ? Type.getObjectType(body.getOwner()) : Type.getReturnType(body.getDesc());
  }

  int captured() {
    return factory.getArgumentTypes().length;
  }

  /**
   * @param actual the method's descriptor with type arguments in place of type parameters
   */
  private boolean converts(Type actual) {
    List<Type> parameters = parameters();
    Type[] arguments = actual.getArgumentTypes();
    if (parameters.size() != captured() + arguments.length) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      if (!Conversion.isKnown(arguments[i], parameters.get(captured() + i))) {
        return false;
      }
    }
    return descriptor.getReturnType().equals(Type.VOID_TYPE)
        || Conversion.isKnown(result(), descriptor.getReturnType());
  }
}
