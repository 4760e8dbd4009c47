package sample;

import java.io.Serializable;
import java.util.*;
import java.util.function.*;

/** Every form of lambda expression and method reference; results() is what they return. */
public class Sample extends Parent {
  private final String own = "own";

  public static List<Object> results() throws Exception {
    return new Sample().all();
  }

  private List<Object> all() throws Exception {
    int number = 7;
    long large = 8L;
    double half = 0.5;
    List<Object> seen = new ArrayList<>();
    Supplier<String> nothingCaptured = () -> "nothing";
    Supplier<String> another = () -> "another";
    Supplier<String> third = () -> "third";
    Supplier<String> captured = () -> own + number + large + half;
    Function<String, Integer> length = String::length;
    UnaryOperator<String> bound = "bound "::concat;
    Supplier<List<String>> constructor = ArrayList::new;
    IntFunction<int[]> array = int[]::new;
    Function<Integer, Integer> boxed = Sample::twice;
    Function<Integer, Long> widened = Sample::asLong;
    ToIntFunction<String> unboxed = Integer::valueOf;
    ToLongFunction<String> toLong = Integer::parseInt;
    IntBinaryOperator primitive = Math::max;
    LongFunction<String> wide = l -> l + ":" + large;
    BiFunction<Long, Double, String> two = (l, d) -> l + "/" + d;
    Predicate<String> negated = ((Predicate<String>) String::isEmpty).negate();
    Consumer<String> resultDropped = seen::add;
    Consumer<Long> longDropped = Sample::asItself;
    Runnable throughThis = this::note;
    Supplier<String> ofParent = super::name;
    Supplier<String> inherited = this::name;
    Supplier<String> privateStatic = Sample::secret;
    Supplier<String> ofInterface = ((Named) () -> "named")::name;
    Comparator<String> order = Comparator.<String>naturalOrder().reversed();
    Supplier<String> serializable = (Supplier<String> & Serializable) () -> "serializable";
    java.util.concurrent.Callable<String> throwing = () -> { throw new java.io.IOException("thrown"); };
    resultDropped.accept("seen");
    longDropped.accept(1L);
    throughThis.run();
    seen.addAll(Arrays.asList(nothingCaptured.get(), another.get(), third.get(), captured.get(),
        length.apply("four"), bound.apply("b"), constructor.get().size(),
        array.apply(3).length, boxed.apply(4), widened.apply(5), unboxed.applyAsInt("6"),
        toLong.applyAsLong("9"), primitive.applyAsInt(1, 2), wide.apply(3L), two.apply(1L, 2.0),
        negated.test(""), ofParent.get(), inherited.get(), privateStatic.get(),
        ofInterface.get(), order.compare("a", "b"), serializable.get(), noted,
        new Inner().get(), Named.standard().name(), Named.standard().twice()));
    try {
      throwing.call();
    } catch (java.io.IOException expected) {
      seen.add(expected.getMessage());
    }
    return seen;
  }

  private int noted;

  private void note() {
    noted++;
  }

  private static String secret() {
    return "secret";
  }

  private static int twice(int i) {
    return 2 * i;
  }

  private static Long asLong(Integer i) {
    return (long) i;
  }

  private static long asItself(long l) {
    return l;
  }

  @Override
  protected String name() {
    return "child";
  }

  private class Inner {
    String get() {
      Supplier<String> outer = () -> own + secret();
      return outer.get();
    }
  }

  interface Named {
    String name();

    static Named standard() {
      return () -> "standard";
    }

    default String twice() {
      Supplier<String> first = () -> name();
      return first.get() + name();
    }
  }
}

class Parent {
  protected String name() {
    return "parent";
  }
}
