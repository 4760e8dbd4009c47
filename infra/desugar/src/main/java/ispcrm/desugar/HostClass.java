package ispcrm.desugar;

import java.util.LinkedHashMap;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A class with lambda expressions. Where it asked the JVM to make one, it asks a class of its nest;
 * there is one such class for each functional interface and kind of captured values.
 */
final class HostClass extends ClassVisitor {
  /** The version of class files that knows nests. */
  static final int VERSION = Opcodes.V11;

  private final Map<String, LambdaClass> lambdas = new LinkedHashMap<>();
  private String name;

  private HostClass(ClassWriter out) {
    super(Opcodes.ASM9, out);
  }

  /**
   * @param content a class file older than {@link #VERSION}
   * @return it and the classes of its lambda expressions, by their names in a jar; itself unchanged
   *     where there are none that can be replaced
   */
  static Map<String, byte[]> rewrite(byte[] content) {
    ClassReader in = new ClassReader(content);
    ClassWriter out = new ClassWriter(0);
    HostClass host = new HostClass(out);
    in.accept(host, 0);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(fileName(host.name), host.lambdas.isEmpty() ? content : out.toByteArray());
    for (LambdaClass lambda : host.lambdas.values()) {
      files.put(fileName(lambda.name()), lambda.write(host.name));
    }
    return files;
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String parent, String[] interfaces) {
    this.name = name;
    super.visit(VERSION, access, name, signature, parent, interfaces);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    return new MethodVisitor(
        Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
      @Override
      public void visitInvokeDynamicInsn(
          String method, String factory, Handle bootstrap, Object... arguments) {
        Lambda lambda = Lambda.of(HostClass.this.name, method, factory, bootstrap, arguments);
        if (lambda == null) {
          super.visitInvokeDynamicInsn(method, factory, bootstrap, arguments);
        } else {
          lambdaClass(lambda).call(lambda, mv);
        }
      }

      @Override
      public void visitMaxs(int stack, int locals) {
        // One more for the number of the lambda expression.
        super.visitMaxs(stack + 1, locals);
      }
    };
  }

  @Override
  public void visitEnd() {
    for (LambdaClass lambda : lambdas.values()) {
      visitNestMember(lambda.name());
    }
    super.visitEnd();
  }

  private LambdaClass lambdaClass(Lambda lambda) {
    return lambdas.computeIfAbsent(
        lambda.kind(), kind -> new LambdaClass(name + "$$Lambda" + lambdas.size(), lambda));
  }

  private static String fileName(String internalName) {
    return internalName + ".class";
  }
}
