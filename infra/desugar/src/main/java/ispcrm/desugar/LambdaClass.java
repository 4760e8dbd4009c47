package ispcrm.desugar;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The class of all the lambda expressions of a host that implement the same functional interface
 * and capture the same types. An object of it knows which of them it is by its number:
 *
 * <pre>{@code
 * final class Host$$Lambda0 implements Function {
 *   private final int number;
 *   private final String value0;
 *
 *   static Function of(String value0, int number) { … }
 *
 *   public Object apply(Object argument) {
 *     switch (number) {
 *       case 0: return Host.lambda$create$0(value0, (User) argument);
 *       default: return Host.lambda$delete$1(value0, (User) argument);
 *     }
 *   }
 * }
 * }</pre>
 */
final class LambdaClass {
  private static final String NUMBER = "number";
  private static final String VALUE = "value";

  private final String name;
  private final Lambda kind;
  private final Type[] captured;
  private final List<Lambda> lambdas = new ArrayList<>();

  /**
   * @param name its own
   * @param kind one of the lambda expressions that it stands for
   */
  LambdaClass(String name, Lambda kind) {
    this.name = name;
    this.kind = kind;
    this.captured = kind.factory().getArgumentTypes();
  }

  String name() {
    return name;
  }

  /** Adds a lambda expression, and to the host's code what makes it of the values on the stack. */
  void call(Lambda lambda, MethodVisitor host) {
    if (lambdas.size() > Byte.MAX_VALUE) {
      host.visitIntInsn(Opcodes.SIPUSH, lambdas.size());
    } else {
      host.visitIntInsn(Opcodes.BIPUSH, lambdas.size());
    }
    host.visitMethodInsn(
        Opcodes.INVOKESTATIC, name, "of", withNumber(kind.factory().getReturnType()), false);
    lambdas.add(lambda);
  }

  byte[] write(String host) {
    ClassWriter out = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    out.visit(
        HostClass.VERSION,
        Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
        name,
        null,
        "java/lang/Object",
        new String[] {kind.factory().getReturnType().getInternalName()});
    out.visitNestHost(host);
    int field = Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL;
    out.visitField(field, NUMBER, "I", null, null);
    for (int i = 0; i < captured.length; i++) {
      out.visitField(field, VALUE + i, captured[i].getDescriptor(), null, null);
    }
    writeConstructor(
        out.visitMethod(Opcodes.ACC_PRIVATE, "<init>", withNumber(Type.VOID_TYPE), null, null));
    writeFactory(
        out.visitMethod(
            Opcodes.ACC_STATIC, "of", withNumber(kind.factory().getReturnType()), null, null));
    writeMethod(
        out.visitMethod(
            Opcodes.ACC_PUBLIC, kind.method(), kind.descriptor().getDescriptor(), null, null));
    out.visitEnd();
    return out.toByteArray();
  }

  private void writeConstructor(MethodVisitor code) {
    code.visitCode();
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    int local = 1;
    for (int i = 0; i < captured.length; i++) {
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitVarInsn(captured[i].getOpcode(Opcodes.ILOAD), local);
      code.visitFieldInsn(Opcodes.PUTFIELD, name, VALUE + i, captured[i].getDescriptor());
      local += captured[i].getSize();
    }
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitVarInsn(Opcodes.ILOAD, local);
    code.visitFieldInsn(Opcodes.PUTFIELD, name, NUMBER, "I");
    code.visitInsn(Opcodes.RETURN);
    end(code);
  }

  private void writeFactory(MethodVisitor code) {
    code.visitCode();
    code.visitTypeInsn(Opcodes.NEW, name);
    code.visitInsn(Opcodes.DUP);
    int local = 0;
    for (Type type : captured) {
      code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
      local += type.getSize();
    }
    code.visitVarInsn(Opcodes.ILOAD, local);
    code.visitMethodInsn(Opcodes.INVOKESPECIAL, name, "<init>", withNumber(Type.VOID_TYPE), false);
    code.visitInsn(Opcodes.ARETURN);
    end(code);
  }

  private void writeMethod(MethodVisitor code) {
    code.visitCode();
    int last = lambdas.size() - 1;
    if (last > 0) {
      Label[] cases = new Label[last];
      for (int i = 0; i < last; i++) {
        cases[i] = new Label();
      }
      Label otherwise = new Label();
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitFieldInsn(Opcodes.GETFIELD, name, NUMBER, "I");
      code.visitTableSwitchInsn(0, last - 1, otherwise, cases);
      for (int i = 0; i < last; i++) {
        code.visitLabel(cases[i]);
        code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        writeBody(code, lambdas.get(i));
      }
      code.visitLabel(otherwise);
      code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }
    writeBody(code, lambdas.get(last));
    end(code);
  }

  private void writeBody(MethodVisitor code, Lambda lambda) {
    Handle body = lambda.body();
    if (lambda.constructs()) {
      code.visitTypeInsn(Opcodes.NEW, body.getOwner());
      code.visitInsn(Opcodes.DUP);
    }
    List<Type> parameters = lambda.parameters();
    for (int i = 0; i < captured.length; i++) {
      code.visitVarInsn(Opcodes.ALOAD, 0);
      code.visitFieldInsn(Opcodes.GETFIELD, name, VALUE + i, captured[i].getDescriptor());
      Conversion.write(code, captured[i], parameters.get(i));
    }
    int local = 1;
    Type[] arguments = lambda.descriptor().getArgumentTypes();
    for (int i = 0; i < arguments.length; i++) {
      code.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), local);
      Conversion.write(code, arguments[i], parameters.get(captured.length + i));
      local += arguments[i].getSize();
    }
    code.visitMethodInsn(
        opcode(body), body.getOwner(), body.getName(), body.getDesc(), body.isInterface());
    Type wanted = lambda.descriptor().getReturnType();
    if (wanted.equals(Type.VOID_TYPE)) {
      drop(code, lambda.result());
    } else {
      Conversion.write(code, lambda.result(), wanted);
    }
    code.visitInsn(wanted.getOpcode(Opcodes.IRETURN));
  }

  private static int opcode(Handle body) {
    return switch (body.getTag()) {
      case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
      case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
      // A nest's private methods are called like any other.
      default -> body.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL;
    };
  }

  private static void drop(MethodVisitor code, Type result) {
    if (result.getSize() == 1) {
      code.visitInsn(Opcodes.POP);
    } else if (result.getSize() == 2) {
      code.visitInsn(Opcodes.POP2);
    }
  }

  private static void end(MethodVisitor code) {
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  /** Takes the captured values and the number. */
  private String withNumber(Type result) {
    Type[] types = new Type[captured.length + 1];
    System.arraycopy(captured, 0, types, 0, captured.length);
    types[captured.length] = Type.INT_TYPE;
    return Type.getMethodDescriptor(result, types);
  }
}
