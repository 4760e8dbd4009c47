package ispcrm.dynamodb;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * A page of items in the order of their sort key, which is text.
 *
 * @param next the sort key of the last item if more items follow; null on the last page
 */
public record Slice(List<Map<String, AttributeValue>> items, String next) {

  /**
   * The page that a query has read. Whether more items follow is what DynamoDB says: a query ends
   * at 1 MB, and can return fewer items than its limit.
   *
   * @param response the response to a query for at least one item more than the page may have
   * @param limit the maximum number of items on the page
   * @see <a
   *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html">Paginating
   *     table query results in DynamoDB</a>
   */
  public static Slice of(QueryResponse response, int limit, String sortKey) {
    return of(response.items(), response.hasLastEvaluatedKey(), limit, sortKey);
  }

  /**
   * The first page of several together, whose sort keys are ASCII. Behind the end of a page that is
   * not the last one of its query, nothing is known, so the result ends there at the latest.
   */
  public static Slice merge(List<Slice> slices, int limit, String sortKey) {
    String end =
        slices.stream()
            .map(Slice::next)
            .filter(next -> next != null)
            .min(Comparator.naturalOrder())
            .orElse(null);
    List<Map<String, AttributeValue>> items =
        slices.stream()
            .flatMap(slice -> slice.items.stream())
            .filter(item -> end == null || item.get(sortKey).s().compareTo(end) <= 0)
            .sorted(Comparator.comparing(item -> item.get(sortKey).s()))
            .toList();
    return of(items, end != null, limit, sortKey);
  }

  private static Slice of(
      List<Map<String, AttributeValue>> items, boolean isCut, int limit, String sortKey) {
    List<Map<String, AttributeValue>> page = items.size() > limit ? items.subList(0, limit) : items;
    boolean hasNext = !page.isEmpty() && (isCut || items.size() > limit);
    return new Slice(page, hasNext ? page.get(page.size() - 1).get(sortKey).s() : null);
  }
}
