package ispcrm.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/**
 * Marks a check that creates users or tokens, or would if the API were faulty. It is skipped if the
 * environment variable ISPCRM_READ_ONLY is set.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfEnvironmentVariable(
    named = "ISPCRM_READ_ONLY",
    matches = ".+",
    disabledReason = Outcome.READ_ONLY)
@interface Writes {}
