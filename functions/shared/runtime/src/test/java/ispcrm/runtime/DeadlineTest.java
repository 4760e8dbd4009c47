package ispcrm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  @Test
  void within_hasThisTimeAndNoneAfterwards() {
    Duration limit = Duration.ofMillis(700);
    assertThat(Deadline.<Duration>within(limit, Deadline::remaining))
        .isPositive()
        .isLessThanOrEqualTo(limit);
    assertThat(Deadline.<Duration>within(Duration.ZERO, Deadline::remaining))
        .isLessThanOrEqualTo(Duration.ZERO);
    assertThatThrownBy(
            () ->
                Deadline.within(
                    limit,
                    () -> {
                      throw new IllegalStateException("fault");
                    }))
        .hasMessage("fault");
    assertThat(Deadline.remaining()).isEqualTo(Deadline.OF_ENDPOINTS);
  }
}
