"""Walks the API with the client that openapi-python-client writes."""

import os
import time
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from ispcrm_client import AuthenticatedClient
from ispcrm_client.api.start import discover_root
from ispcrm_client.api.tokens import create_token
from ispcrm_client.api.users import create_user, get_user, list_users, update_user
from ispcrm_client.models import ApiError, CreateTokenRequest, CreateUserRequest, Root, Status, UpdateUserRequest
from ispcrm_client.models import IssuedTokenEnvelope, UserEnvelope, UserList
from ispcrm_client.types import Response

T = TypeVar("T")


def client(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=os.environ["ISPCRM_URL"], token=token)


def success(kind: type[T], parsed: object) -> T:
    assert isinstance(parsed, kind), parsed
    return parsed


def expect(status: int, code: str, response: Response[Any]) -> None:
    error = success(ApiError, response.parsed)
    assert (int(response.status_code), error.code) == (status, code), error


api = client(os.environ["ISPCRM_TOKEN"])
id = f"opc-{time.time_ns()}"

assert success(Root, discover_root.sync(client=api)).create_user

first = success(UserList, list_users.sync(client=api, limit=1))
cursor = parse_qs(urlsplit(str(first.field_links.next_)).query)["cursor"][0]
second = success(UserList, list_users.sync(client=api, limit=1, cursor=cursor))
assert first.users[0].id != second.users[0].id

new = CreateUserRequest(id=id, expiration="2027-03-31", activated_at="2025-03-31T12:00:00Z", radius_id=3000000000)
created = success(UserEnvelope, create_user.sync(client=api, body=new)).data
assert created.radius_id == 3000000000, created
assert created.expiration == "2027-03-31 00:00:00", created
assert created.activated_at == "2025-03-31 12:00:00", created
assert success(UserEnvelope, get_user.sync(id, client=api)).data == created

change = UpdateUserRequest(status=Status.SUSPENDED, status_reason="unpaid")
updated = success(UserEnvelope, update_user.sync(id, client=api, body=change)).data
assert (updated.status, updated.status_reason) == (Status.SUSPENDED, "unpaid"), updated

token = success(IssuedTokenEnvelope, create_token.sync(client=api, body=CreateTokenRequest(user=id))).data
assert token.user == id and str(token.token).startswith("ispcrm_"), token

invalid = CreateUserRequest(id=id + "-2", expiration="2027-02-31")
expect(400, "invalid_fields", create_user.sync_detailed(client=api, body=invalid))
expect(401, "unauthorized", get_user.sync_detailed(id, client=client("wrong")))
expect(404, "not_found", get_user.sync_detailed(id + "-missing", client=api))
expect(409, "already_exists", create_user.sync_detailed(client=api, body=CreateUserRequest(id=id)))
