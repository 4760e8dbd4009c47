package ispcrm.history;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The store of what happened to users. Entries are added and read, and never altered or deleted.
 */
public interface History {

  /** The write of a new entry, for the transaction of the change that it records. */
  TransactWriteItem add(Entry entry);

  /**
   * Lists a page of a user's entries, newest first.
   *
   * @param user the id of the user, who may be deleted
   * @param after the {@link Page#next} of the previous page; null for the first page
   * @param limit the maximum number of entries on the page, at least 1
   */
  Page list(String user, String after, int limit);

  /**
   * Erases the values and the addresses in the entries of a deleted user. The entries still show
   * who did what and when, and which fields were changed. Erasing again continues what was not
   * completed.
   *
   * @param limit the time after which it stops
   * @return whether all values are erased
   */
  boolean erase(String user, Duration limit);

  /**
   * Some entries, and where the next page begins.
   *
   * @param next null on the last page
   */
  record Page(List<Entry> entries, String next) {
    /** What {@link #next} looks like. */
    public static final Pattern NEXT = Pattern.compile("[0-9]{14}-[0-9a-f]{8}");
  }
}
