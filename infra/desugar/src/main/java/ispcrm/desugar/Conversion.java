package ispcrm.desugar;

import java.util.Map;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** From one type to another what a lambda expression needs: casts, boxing and unboxing. */
final class Conversion {
  private static final String OBJECT = "java/lang/Object";

  private static final Map<Type, String> BOXES =
      Map.of(
          Type.BOOLEAN_TYPE, "java/lang/Boolean",
          Type.BYTE_TYPE, "java/lang/Byte",
          Type.CHAR_TYPE, "java/lang/Character",
          Type.SHORT_TYPE, "java/lang/Short",
          Type.INT_TYPE, "java/lang/Integer",
          Type.LONG_TYPE, "java/lang/Long",
          Type.FLOAT_TYPE, "java/lang/Float",
          Type.DOUBLE_TYPE, "java/lang/Double");

  private Conversion() {}

  /** False where a primitive value would change its type, and from void. */
  static boolean isKnown(Type from, Type to) {
    if (isPrimitive(to)) {
      return from.equals(to) || from.equals(Type.getObjectType(BOXES.get(to)));
    }
    return !from.equals(Type.VOID_TYPE);
  }

  /** Converts what is on the stack. */
  static void write(MethodVisitor code, Type from, Type to) {
    if (isPrimitive(from) && isPrimitive(to)) {
      return;
    }
    if (isPrimitive(from)) {
      String box = BOXES.get(from);
      String valueOf = Type.getMethodDescriptor(Type.getObjectType(box), from);
      code.visitMethodInsn(Opcodes.INVOKESTATIC, box, "valueOf", valueOf, false);
    } else if (isPrimitive(to)) {
      String box = BOXES.get(to);
      code.visitTypeInsn(Opcodes.CHECKCAST, box);
      String value = to.getClassName() + "Value";
      code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, box, value, Type.getMethodDescriptor(to), false);
    } else if (!from.equals(to) && !to.getInternalName().equals(OBJECT)) {
      code.visitTypeInsn(Opcodes.CHECKCAST, to.getInternalName());
    }
  }

  private static boolean isPrimitive(Type type) {
    return BOXES.containsKey(type);
  }
}
