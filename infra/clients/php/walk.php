<?php
// Walks the API with the client that openapi-generator's php generator writes.
declare(strict_types=1);

use OpenAPI\Client\Api\StartApi;
use OpenAPI\Client\Api\TokensApi;
use OpenAPI\Client\Api\UsersApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\CreateTokenRequest;
use OpenAPI\Client\Model\CreateUserRequest;
use OpenAPI\Client\Model\UpdateUserRequest;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/client/lib/' . strtr(substr($class, strlen('OpenAPI\\Client\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'OpenAPI\\Client\\') && is_file($file)) {
        require $file;
    }
});

function configuration(string $token): Configuration
{
    return (new Configuration())->setHost(getenv('ISPCRM_URL'))->setAccessToken($token);
}

function same(mixed $expected, mixed $actual): void
{
    if ($expected !== $actual) {
        throw new Exception('expected ' . var_export($expected, true) . ', got ' . var_export($actual, true));
    }
}

function expect(int $status, string $code, callable $call): void
{
    try {
        $call();
    } catch (ApiException $e) {
        same([$status, $code], [$e->getCode(), $e->getResponseObject()->getCode()]);
        return;
    }
    throw new Exception("expected $status");
}

$api = configuration(getenv('ISPCRM_TOKEN'));
$users = new UsersApi(null, $api);
$id = 'php-' . hrtime(true);

same(true, str_contains((new StartApi(null, $api))->discoverRoot()->getCreateUser(), '/users'));

$first = $users->listUsers(limit: 1);
parse_str(parse_url($first->getLinks()->getNext(), PHP_URL_QUERY), $query);
$second = $users->listUsers(limit: 1, cursor: $query['cursor']);
same(true, $first->getUsers()[0]->getId() !== $second->getUsers()[0]->getId());

$new = new CreateUserRequest(
    ['id' => $id, 'expiration' => '2027-03-31', 'activated_at' => '2025-03-31T12:00:00Z', 'radius_id' => 3000000000]
);
$created = $users->createUser($new)->getData();
same(3000000000, $created->getRadiusId());
same('2027-03-31 00:00:00', $created->getExpiration());
same('2025-03-31 12:00:00', $created->getActivatedAt());
same((string) $created, (string) $users->getUser($id)->getData());

$change = new UpdateUserRequest(['status' => 'suspended', 'status_reason' => 'unpaid']);
$updated = $users->updateUser($id, $change)->getData();
same(['suspended', 'unpaid'], [$updated->getStatus(), $updated->getStatusReason()]);

$token = (new TokensApi(null, $api))->createToken(new CreateTokenRequest(['user' => $id]))->getData();
same($id, $token->getUser());
same(true, str_starts_with($token->getToken(), 'ispcrm_'));

$invalid = new CreateUserRequest(['id' => "$id-2", 'expiration' => '2027-02-31']);
expect(400, 'invalid_fields', fn () => $users->createUser($invalid));
expect(401, 'unauthorized', fn () => (new UsersApi(null, configuration('wrong')))->getUser($id));
expect(404, 'not_found', fn () => $users->getUser("$id-missing"));
expect(409, 'already_exists', fn () => $users->createUser(new CreateUserRequest(['id' => $id])));
