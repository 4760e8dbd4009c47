package ispcrm.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A page of those entries of an index that match a filter. Its cost does not depend on the size of
 * the table: it reads at most {@value #MAX_READ} entries, so it can have fewer matches than the
 * limit, or none, although more follow.
 *
 * @param next where the next page begins; null on the last page
 */
public record FilteredPage<T>(List<T> matches, String next) {
  private static final int MAX_READ = 1000;

  /**
   * Reads a page.
   *
   * @param ranges where the entries are; see {@link KeyRange#read}
   * @param isFiltered whether there are entries that do not match
   * @param after the {@link #next} of the previous page; null for the first page
   * @param limit the maximum number of matches, at least 1
   * @param match reads an entry; empty if it does not match
   */
  public static <T> FilteredPage<T> read(
      DynamoDbClient client,
      String table,
      List<KeyRange> ranges,
      boolean isFiltered,
      String after,
      int limit,
      Function<Map<String, AttributeValue>, Optional<T>> match) {
    List<T> matches = new ArrayList<>();
    String end = after;
    int read = 0;
    int size = limit;
    do {
      Slice slice = KeyRange.read(client, table, ranges, end, size);
      for (Map<String, AttributeValue> item : slice.items()) {
        Optional<T> found = Item.unlessBroken(() -> match.apply(item));
        if (found.isPresent() && matches.size() == limit) {
          return new FilteredPage<>(matches, end);
        }
        found.ifPresent(matches::add);
        end = item.get(ranges.get(0).sortKey()).s();
      }
      read += ranges.size() * (size + 1);
      // Most of these entries may match, or few.
      size = Math.min((MAX_READ - read) / ranges.size() - 1, Math.max(200, 4 * size));
      end = slice.next();
    } while (end != null && matches.size() < limit && size > 0 && isFiltered);
    return new FilteredPage<>(matches, end);
  }
}
