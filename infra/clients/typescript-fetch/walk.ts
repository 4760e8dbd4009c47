// Walks the API with the client that openapi-generator's typescript-fetch generator writes.
import assert from 'node:assert/strict';
import { ApiErrorFromJSON, Configuration, ResponseError, StartApi, TokensApi, UsersApi } from './client/index.js';

const configuration = (accessToken: string) => new Configuration({ basePath: process.env.ISPCRM_URL!, accessToken });

async function expectError(status: number, code: string, call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(() => undefined, (e: unknown) => e);
  assert(error instanceof ResponseError, `expected ${status}`);
  assert.deepEqual([error.response.status, ApiErrorFromJSON(await error.response.json()).code], [status, code]);
}

const api = configuration(process.env.ISPCRM_TOKEN!);
const users = new UsersApi(api);
const id = `typescript-${Date.now()}`;

assert((await new StartApi(api).discoverRoot()).createUser);

const first = await users.listUsers({ limit: 1 });
const cursor = new URL(first.links.next!).searchParams.get('cursor')!;
const second = await users.listUsers({ limit: 1, cursor });
assert.notEqual(first.users[0]!.id, second.users[0]!.id);

const { data: created } = await users.createUser({
  createUserRequest: { id, expiration: '2027-03-31', activatedAt: '2025-03-31T12:00:00Z', radiusId: 3000000000 },
});
assert.equal(created.radiusId, 3000000000);
assert.equal(created.expiration, '2027-03-31 00:00:00');
assert.equal(created.activatedAt, '2025-03-31 12:00:00');
assert.deepEqual((await users.getUser({ id })).data, created);

const { data: updated } = await users.updateUser({ id, updateUserRequest: { status: 'suspended', statusReason: 'unpaid' } });
assert.deepEqual([updated.status, updated.statusReason], ['suspended', 'unpaid']);

const { data: token } = await new TokensApi(api).createToken({ createTokenRequest: { user: id } });
assert(token.user === id && token.token!.startsWith('ispcrm_'));

await expectError(400, 'invalid_fields', users.createUser({ createUserRequest: { id: `${id}-2`, expiration: '2027-02-31' } }));
await expectError(401, 'unauthorized', new UsersApi(configuration('wrong')).getUser({ id }));
await expectError(404, 'not_found', users.getUser({ id: `${id}-missing` }));
await expectError(409, 'already_exists', users.createUser({ createUserRequest: { id } }));
