package ispcrm.restore;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How the items of one kind of table are restored. Many threads pass items to it at once. */
interface Restoration {

  /** Adds to the table what it lacks of these items of another table, and changes nothing else. */
  void copy(List<Map<String, AttributeValue>> items);

  /** The steps that prepare the table for a stack. Each step takes all items of the table. */
  List<Consumer<List<Map<String, AttributeValue>>>> preparation();
}
