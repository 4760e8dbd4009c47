"""Tests webhooks as integrators use them, against the local run that ISPCRM_URL and ISPCRM_TOKEN name.

    python3 infra/checks/webhooks_test.py

Requires the Python package standardwebhooks, Node.js with the package of the same name in the folder NODE_PATH, and radclient.
"""

import contextlib
import datetime
import hashlib
import hmac
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

ROOT = Path(__file__).resolve().parents[2]
VERIFY = """
import {Webhook} from "%s/standardwebhooks/dist/index.js";
const [secret, body, headers] = process.argv.slice(2);
try { new Webhook(secret).verify(body, JSON.parse(headers)); console.log("genuine"); } catch (e) { console.log("refused"); }
"""


def call(method, path, body=None, status=(200, 201, 202, 204)):
    request = urllib.request.Request(os.environ["ISPCRM_URL"] + "/api/v1" + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": "Bearer " + os.environ["ISPCRM_TOKEN"]})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status in status, response.status
        return json.load(response)


def until(condition, seconds=20):
    """What the condition returns, as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing happened in time")


def is_open(port):
    with socket.socket() as client:
        return not client.connect_ex(("127.0.0.1", port))


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages = []
        self.status = 204
        self.pause = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

    def of(self, user):
        return [(headers, body) for headers, body in self.messages if json.loads(body).get("user") == user]

    def types(self, user):
        return [json.loads(body)["type"] for _, body in self.of(user)]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.messages.append(({k.lower(): v for k, v in self.headers.items()}, body))
        time.sleep(self.server.pause)
        with contextlib.suppress(OSError):
            self.send_response(self.server.status)
            self.end_headers()

    def log_message(self, *arguments):
        pass


class Router:
    """Stands in for a router: answers Disconnect-Requests whose authenticator is right (RFC 5176)."""

    def __init__(self, secret):
        self.secret = secret
        self.names = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            packet, sender = self.socket.recvfrom(4096)
            code, identifier, authenticator = packet[0], packet[1:2], packet[4:20]
            signed = packet[:4] + bytes(16) + packet[20:] + self.secret.encode()
            if code != 40 or not hmac.compare_digest(hashlib.md5(signed).digest(), authenticator):
                continue
            attributes, at = {}, 20
            while at < len(packet):
                attributes[packet[at]] = packet[at + 2:at + packet[at + 1]]
                at += packet[at + 1]
            self.names.append((time.time(), attributes[1].decode()))
            head = bytes([41]) + identifier + (20).to_bytes(2, "big")
            self.socket.sendto(head + hashlib.md5(head + authenticator + self.secret.encode()).digest(), sender)


class WebhooksTest(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.created = []
        self.user = "w" + os.urandom(5).hex()

    def tearDown(self):
        for webhook in self.created:
            call("DELETE", "/webhooks/" + webhook)
        self.receiver.shutdown()

    def create(self, receiver=None, **fields):
        data = call("POST", "/webhooks", {"url": (receiver or self.receiver).url, **fields})["data"]
        self.created.append(data["id"])
        return data["id"], data["secret"]

    def create_user(self, **fields):
        return call("POST", "/users", {"id": self.user, **fields})["data"]

    def suspend(self):
        call("PATCH", "/users/" + self.user, {"status": "suspended"})

    def python_says(self, secret, body, headers):
        try:
            Webhook(secret).verify(body, headers)
            return "genuine"
        except WebhookVerificationError:
            return "refused"

    def node_says(self, secret, body, headers):
        with tempfile.NamedTemporaryFile("w", suffix=".mjs") as script:
            script.write(VERIFY % os.environ["NODE_PATH"])
            script.flush()
            return subprocess.run(["node", script.name, secret, body, json.dumps(headers)], text=True, check=True,
                                  capture_output=True).stdout.strip()

    def check(self, expected, secret, body, headers):
        for verdict in (self.python_says, self.node_says):
            with self.subTest(verdict.__name__):
                self.assertEqual(expected, verdict(secret, body, headers))

    def test_the_published_libraries_verify_signatures_also_during_a_rotation(self):
        webhook, secret = self.create()
        self.create_user(name="Žofia \"Tóth\" 😀")
        headers, body = until(lambda: self.receiver.of(self.user))[0]
        self.check("genuine", secret, body, headers)
        self.check("refused", secret, body.replace("customer", "customes", 1), headers)
        self.check("refused", "whsec_" + "A" * 43 + "=", body, headers)
        self.check("refused", secret, body, {**headers, "webhook-id": "1"})
        old = str(int(time.time()) - 600)
        self.check("refused", secret, body, {**headers, "webhook-timestamp": old})
        signed = Webhook(secret).sign(headers["webhook-id"],
                                      datetime.datetime.fromtimestamp(int(old), datetime.timezone.utc), body)
        self.check("refused", secret, body, {**headers, "webhook-timestamp": old, "webhook-signature": signed})
        new = call("POST", f"/webhooks/{webhook}/rotate-secret")["data"]["secret"]
        self.suspend()
        headers, body = until(lambda: self.receiver.of(self.user)[1:])[0]
        self.check("genuine", secret, body, headers)
        self.check("genuine", new, body, headers)

    def test_the_receiver_of_the_documentation_verifies_a_test(self):
        text = (ROOT / "infra/openapi.yaml").read_text()
        code = textwrap.dedent(re.search(r"```\n(    import base64.*?)```", text, re.DOTALL).group(1))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = call("POST", "/webhooks", {"url": f"http://127.0.0.1:{port}/"})["data"]
        self.created.append(data["id"])
        code = code.replace("whsec_…", data["secret"]).replace("8080", str(port))
        with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL) as receiver:
            try:
                until(lambda: is_open(port))
                event = call("POST", f"/webhooks/{data['id']}/test")["data"]["event"]
                self.assertEqual(event, json.loads(receiver.stdout.readline())["id"])
                self.assertEqual(204, self.delivery(data["id"], event)["status"])
                with self.assertRaises(urllib.error.HTTPError) as forged:
                    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", b"{}", headers={
                        "webhook-id": "1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,x"}))
                self.assertEqual(401, forged.exception.code)
            finally:
                receiver.kill()

    def delivery(self, webhook, event):
        return until(lambda: [attempt for attempt in call("GET", f"/webhooks/{webhook}/deliveries")["deliveries"]
                              if attempt["event"] == event])[0]

    def test_a_receiver_that_was_broken_gets_what_it_missed(self):
        webhook, _ = self.create(types=["user.created", "user.suspended"])
        self.receiver.status = 500
        self.create_user()
        event = json.loads(until(lambda: self.receiver.of(self.user))[0][1])["id"]
        self.assertEqual((500, "failed"), (self.delivery(webhook, event)["status"], self.delivery(webhook, event)["result"]))
        self.assertIsNotNone(until(lambda: call("GET", "/webhooks/" + webhook)["data"]["failing_since"]))
        self.receiver.status = 204
        # About five seconds later.
        until(lambda: self.receiver.types(self.user) == ["user.created"] * 2)
        until(lambda: call("GET", "/webhooks/" + webhook)["data"]["last_success_at"])
        call("POST", f"/webhooks/{webhook}/replay", {"events": [event]})
        until(lambda: self.receiver.types(self.user) == ["user.created"] * 3)
        call("POST", f"/webhooks/{webhook}/replay", {"since": "2026-01-01", "types": ["user.created"]})
        until(lambda: self.receiver.types(self.user) == ["user.created"] * 4)

    def test_a_receiver_that_hangs_delays_no_other(self):
        slow = Receiver()
        slow.pause = 15
        self.create(slow)
        self.create()
        self.create_user()
        for _ in range(20):
            call("PATCH", "/users/" + self.user, {"status": "suspended"})
            call("PATCH", "/users/" + self.user, {"status": "active"})
        until(lambda: len(self.receiver.of(self.user)) == 41, 10)
        self.assertGreater(len(slow.messages), 0)
        self.assertLessEqual(len(slow.messages), 10)
        slow.shutdown()

    def test_erased_values_are_not_sent(self):
        self.create(types=["user.created"])
        self.receiver.status = 500
        self.create_user(name="Erasmus Secret")
        self.assertIn("Erasmus Secret", until(lambda: self.receiver.of(self.user))[0][1])
        call("DELETE", "/users/" + self.user)
        self.receiver.status = 204
        body = until(lambda: self.receiver.of(self.user)[1:])[0][1]
        self.assertNotIn("Erasmus", body)
        self.assertEqual("user.created", json.loads(body)["type"])

    def test_a_suspension_disconnects_the_subscriber(self):
        router = Router("shared")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = call("POST", "/webhooks", {"url": f"http://127.0.0.1:{port}/"})["data"]
        self.created.append(data["id"])
        environment = {**os.environ, "WEBHOOK_SECRET": data["secret"], "RADIUS_SECRET": "shared",
                       "ROUTERS": router.address, "PORT": str(port)}
        with subprocess.Popen([sys.executable, ROOT / "infra/examples/disconnect/disconnect"], env=environment) as example:
            try:
                until(lambda: is_open(port))
                name = self.user + "@example.net"
                self.create_user(username=name)
                call("PATCH", "/users/" + self.user, {"name": "no reason"})
                self.suspend()
                until(lambda: [seen for _, seen in router.names] == [name])
                call("PATCH", "/users/" + self.user, {"status": "active"})
                until(lambda: [seen for _, seen in router.names] == [name] * 2)
                call("PATCH", "/users/" + self.user, {"profile_id": 10})
                until(lambda: [seen for _, seen in router.names] == [name] * 3)
                call("DELETE", "/users/" + self.user)
                until(lambda: [seen for _, seen in router.names] == [name] * 4)
            finally:
                example.kill()


if __name__ == "__main__":
    for tool in ("node", "radclient"):
        if not shutil.which(tool):
            sys.exit(f"SKIPPED: {tool} is not installed")
    unittest.main(verbosity=2)
