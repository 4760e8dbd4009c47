package ispcrm.local;

import ispcrm.template.Template;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Limits the requests to each route with a token bucket, as a stage of API Gateway does. */
final class Throttle {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Function<Template.Route, Template.Limit> limits;
  private final LongSupplier nanoTime;
  private final Map<Template.Route, Bucket> buckets = new ConcurrentHashMap<>();

  Throttle(Function<Template.Route, Template.Limit> limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
  }

  /** Counts a request to a route, and says whether it is within the route's limit. */
  boolean accepts(Template.Route route) {
    return buckets
        .computeIfAbsent(route, key -> new Bucket(limits.apply(key), nanoTime.getAsLong()))
        .take(nanoTime.getAsLong());
  }

  private static final class Bucket {
    private final Template.Limit limit;
    private double requests;
    private long filledAt;

    Bucket(Template.Limit limit, long now) {
      this.limit = limit;
      this.requests = limit.burst();
      this.filledAt = now;
    }

    synchronized boolean take(long now) {
      double added = (now - filledAt) / NANOS_PER_SECOND * limit.perSecond();
      requests = Math.min(limit.burst(), requests + added);
      filledAt = now;
      if (requests < 1) {
        return false;
      }
      requests--;
      return true;
    }
  }
}
