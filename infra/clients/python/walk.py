"""Walks the API with the client that openapi-generator's python generator writes."""

import os
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from ispcrm_client import (
    ApiClient,
    ApiException,
    Configuration,
    CreateTokenRequest,
    CreateUserRequest,
    StartApi,
    Status,
    TokensApi,
    UpdateUserRequest,
    UsersApi,
)


def client(token: str) -> ApiClient:
    return ApiClient(Configuration(host=os.environ["ISPCRM_URL"], access_token=token))


def expect(status: int, code: str, call: Callable[[], object]) -> None:
    try:
        call()
    except ApiException as error:
        assert error.data is not None
        assert (error.status, error.data.code) == (status, code), (error.status, error.data)
    else:
        raise AssertionError(f"expected {status}")


api = client(os.environ["ISPCRM_TOKEN"])
users = UsersApi(api)
id = f"python-{time.time_ns()}"

assert StartApi(api).discover_root().create_user

first = users.list_users(limit=1)
assert first.links.next is not None
cursor = parse_qs(urlsplit(first.links.next).query)["cursor"][0]
second = users.list_users(limit=1, cursor=cursor)
assert first.users[0].id != second.users[0].id

new = CreateUserRequest(id=id, expiration="2027-03-31", activated_at="2025-03-31T12:00:00Z", radius_id=3000000000)
created = users.create_user(new).data
assert created.radius_id == 3000000000, created
assert created.expiration == "2027-03-31 00:00:00", created
assert created.activated_at == "2025-03-31 12:00:00", created
assert users.get_user(id).data == created

change = UpdateUserRequest(status=Status.SUSPENDED, status_reason="unpaid")
updated = users.update_user(id, change).data
assert (updated.status, updated.status_reason) == (Status.SUSPENDED, "unpaid"), updated

token = TokensApi(api).create_token(CreateTokenRequest(user=id)).data
assert token.user == id and (token.token or "").startswith("ispcrm_"), token

expect(400, "invalid_fields", lambda: users.create_user(CreateUserRequest(id=id + "-2", expiration="2027-02-31")))
expect(401, "unauthorized", lambda: UsersApi(client("wrong")).get_user(id))
expect(404, "not_found", lambda: users.get_user(id + "-missing"))
expect(409, "already_exists", lambda: users.create_user(CreateUserRequest(id=id)))
