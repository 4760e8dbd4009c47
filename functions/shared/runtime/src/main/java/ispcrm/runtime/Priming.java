package ispcrm.runtime;

/**
 * How a function is primed before Lambda takes a SnapStart snapshot of it, so that its first calls
 * after a restore find their classes loaded and their code compiled. Priming must not write
 * anything, generate anything that has to be unique, or need permissions that the function does not
 * have.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html">Maximize
 *     Lambda SnapStart performance</a>
 */
@FunctionalInterface
public interface Priming {

  /** Whether Lambda takes a snapshot of this process, so that it has to be primed. */
  static boolean isNeeded() {
    return "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
  }

  /** Handles one event, for a function that depends on nothing outside of the process. */
  static Priming with(String event) {
    return function -> function.prime(event);
  }

  /**
   * Makes a call to what the function depends on, over a new connection.
   *
   * @throws RuntimeException if it cannot be reached
   */
  default void connect(LambdaEntryPoint function) {}

  /** Does what calls do, without calling anything outside of the process. */
  void call(LambdaEntryPoint function);
}
