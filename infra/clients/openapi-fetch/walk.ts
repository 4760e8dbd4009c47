// Walks the API with openapi-fetch and the types that openapi-typescript writes.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

type ApiError = components['schemas']['ApiError'];

const client = (token: string) =>
  createClient<paths>({ baseUrl: process.env.ISPCRM_URL!, headers: { Authorization: `Bearer ${token}` } });

async function expectError(status: number, code: ApiError['code'], call: Promise<{ error?: ApiError; response: Response }>) {
  const { error, response } = await call;
  assert.deepEqual([response.status, error?.code], [status, code]);
}

const api = client(process.env.ISPCRM_TOKEN!);
const id = `fetch-${Date.now()}`;
const path = { id };

const root = await api.GET('/api/v1');
assert(root.data!.create_user);

const first = await api.GET('/api/v1/users', { params: { query: { limit: 1 } } });
const cursor = new URL(first.data!._links.next!).searchParams.get('cursor')!;
const second = await api.GET('/api/v1/users', { params: { query: { limit: 1, cursor } } });
assert.notEqual(first.data!.users[0]!.id, second.data!.users[0]!.id);

const created = await api.POST('/api/v1/users', {
  body: { id, expiration: '2027-03-31', activated_at: '2025-03-31T12:00:00Z', radius_id: 3000000000 },
});
const user = created.data!.data;
assert.deepEqual([user.radius_id, user.expiration, user.activated_at], [3000000000, '2027-03-31 00:00:00', '2025-03-31 12:00:00']);
assert.deepEqual((await api.GET('/api/v1/users/{id}', { params: { path } })).data!.data, user);

const change = { status: 'suspended', status_reason: 'unpaid' } as const;
const updated = (await api.PATCH('/api/v1/users/{id}', { params: { path }, body: change })).data!.data;
assert.deepEqual([updated.status, updated.status_reason], ['suspended', 'unpaid']);

const token = (await api.POST('/api/v1/tokens', { body: { user: id } })).data!.data;
assert(token.user === id && token.token!.startsWith('ispcrm_'));

await expectError(400, 'invalid_fields', api.POST('/api/v1/users', { body: { id: `${id}-2`, expiration: '2027-02-31' } }));
await expectError(401, 'unauthorized', client('wrong').GET('/api/v1/users/{id}', { params: { path } }));
await expectError(404, 'not_found', api.GET('/api/v1/users/{id}', { params: { path: { id: `${id}-missing` } } }));
await expectError(409, 'already_exists', api.POST('/api/v1/users', { body: { id } }));
