package ispcrm.template;

/**
 * One DynamoDB action on one table or index.
 *
 * @param action such as dynamodb:GetItem
 * @param resource a table's logical id, or {@code table/index/name}
 */
public record Permission(String action, String resource) {}
