"""Tests infra/freeradius with FreeRADIUS as Debian packages it, against the local run that ISPCRM_URL and ISPCRM_TOKEN name.

    python3 infra/checks/freeradius_test.py
"""

import base64
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[1] / "freeradius"
DEBIAN = Path("/etc/freeradius/3.0")
SECRET = "testing123"
AUTHORIZE = "/api/v1/radius/authorize"
FAULTS = {
    "refused": None,
    "hang": None,
    "401": (401, {"status": "error", "message": "Unauthorized access - invalid token provided.", "code": "unauthorized"}),
    "403": (403, {"status": "error", "message": "Forbidden", "code": "forbidden"}),
    "404": (404, {"status": "error", "message": "Not found", "code": "not_found"}),
    "429": (429, {"status": "error", "message": "Too many requests", "code": "throttled"}),
    "500": (500, {"status": "error", "message": "Internal server error", "code": "internal_error"}),
    "503": (503, {"status": "error", "message": "Unavailable", "code": "unavailable"}),
    "empty": (200, {}),
    "foreign": (200, {"reply:Reply-Message": "welcome", "control:Auth-Type": "Accept"}),
    "foreign 401": (401, {"control:Auth-Type": "Reject", "reply:Reply-Message": "Log in to the portal"}),
    "page": (200, "<html><body>Log in to the portal</body></html>"),
}


class Gateway(http.server.ThreadingHTTPServer):
    """Stands between FreeRADIUS and the API: passes requests on, or has a fault."""

    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.fault = None
        self.closes = False
        self.logins = []
        self.others = []
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that does not like the certificate closes the connection."""

    @property
    def url(self):
        return "%s://localhost:%d" % ("https" if isinstance(self.socket, ssl.SSLSocket) else "http", self.server_port)

    @contextlib.contextmanager
    def failing(self, fault):
        self.fault = fault
        self.released.clear()
        try:
            yield
        finally:
            self.fault = None
            self.released.set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != AUTHORIZE:
            self.server.others.append(self.path)
            return self.respond(404, {})
        self.server.logins.append((body, self.headers["Authorization"]))
        fault = self.server.fault
        if fault == "refused":
            self.close_connection = True
            return None
        if fault == "hang":
            self.server.released.wait(10)
            self.close_connection = True
            return None
        if fault:
            return self.respond(*FAULTS[fault])
        with contextlib.closing(http.client.HTTPConnection(urllib.parse.urlsplit(URL).netloc, timeout=10)) as api:
            api.request("POST", self.path, body, {"Authorization": self.headers["Authorization"]})
            response = api.getresponse()
            return self.respond(response.status, json.loads(response.read()))

    def do_GET(self):
        self.server.others.append(self.path)
        self.respond(404, {})

    def respond(self, status, response):
        is_page = isinstance(response, str)
        body = response.encode() if is_page else json.dumps(response).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if is_page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.server.closes:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """FreeRADIUS with Debian's configuration, changed as infra/freeradius/README.md says."""

    def __init__(self, url, token, authorities=None):
        self.folder = Path(tempfile.mkdtemp())
        self.port = free_port()
        raddb = self.folder / "raddb"
        shutil.copytree(DEBIAN, raddb, symlinks=True)
        for name in ("sites-enabled/default", "sites-enabled/inner-tunnel", "mods-enabled/eap"):
            (raddb / name).unlink(missing_ok=True)
        for part, name in (("mods", "ispcrm"), ("sites", "ispcrm")):
            shutil.copy(CONFIGURATION / (part + "-available") / name, raddb / (part + "-available"))
            (raddb / (part + "-enabled") / name).symlink_to("../%s-available/%s" % (part, name))
        shutil.copy(CONFIGURATION / "policy.d/ispcrm", raddb / "policy.d")
        with open(raddb / "dictionary", "a", encoding="utf-8") as dictionary:
            dictionary.write((CONFIGURATION / "dictionary").read_text())
        # The places that a test may write to, ports that are free, and no delay of rejections.
        change(raddb / "radiusd.conf", r"^(raddbdir|logdir|run_dir) = .*", lambda m: "%s = %s" % (
            m[1], raddb if m[1] == "raddbdir" else self.folder), r"^\s+(user|group) = freerad$", lambda m: "",
            r"reject_delay = 1", lambda m: "reject_delay = 0")
        change(raddb / "sites-available/ispcrm", r"port = (181[23])",
               lambda m: "port = %d" % (self.port if m[1] == "1812" else free_port()))
        if authorities:
            change(raddb / "mods-available/ispcrm", r"ca_info_file = .*", lambda m: 'ca_info_file = "%s"' % authorities)
        self.log = open(self.folder / "output", "wb")
        self.process = subprocess.Popen(
            ["freeradius", "-f", "-l", "stdout", "-d", raddb], stdout=self.log, stderr=subprocess.STDOUT,
            env=os.environ | {"ISPCRM_URL": url, "ISPCRM_TOKEN": token})
        deadline = time.monotonic() + 20
        while "Ready to process requests" not in self.output():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("FreeRADIUS did not start:\n" + self.output())
            time.sleep(0.05)

    def output(self):
        return (self.folder / "output").read_text(errors="replace")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.folder)

    def login(self, tries=1, timeout=4, **attributes):
        """Returns Access-Accept, Access-Reject or None, and the attributes of the response with their values."""
        names = [name.replace("_", "-") for name in attributes]
        request = ", ".join("%s = %s" % (name, written(name, value)) for name, value in zip(names, attributes.values()))
        done = subprocess.run(
            ["radclient", "-x", "-r", str(tries), "-t", str(timeout), "127.0.0.1:%d" % self.port, "auth", SECRET],
            input=request.encode(), capture_output=True, check=False)
        answer = re.search(r"^Received (Access-\w+) .*\n((?:\t.*\n)*)", done.stdout.decode(errors="replace"), re.MULTILINE)
        if not answer:
            return None, {}
        values = {}
        for name, value in re.findall(r"^\t([\w-]+) = (.*)$", answer[2], re.MULTILINE):
            values.setdefault(name, []).append(unquoted(value))
        return answer[1], values

    def ppp(self, username, password, **more):
        return self.login(User_Name=username, User_Password=password, Framed_Protocol="PPP", **more)


def change(file, *replacements):
    text = file.read_text()
    for pattern, replacement in zip(replacements[::2], replacements[1::2]):
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    file.write_text(text)


def written(name, value):
    """As radclient reads text: that of a password twice, unless it contains a percent sign, and octets without escapes."""
    if name == "CHAP-Password":
        return "0x" + value.encode().hex()
    escaped = value
    for _ in range(1 + (name.endswith("Password") and "%" not in value)):
        escaped = escaped.replace("\\", "\\\\").replace('"', '\\"')
    return '"%s"' % escaped


def unquoted(value):
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1])


class Api:
    """The API as its administrator uses it. It waits if it sends too much."""

    def __init__(self, token):
        self.token = token

    def call(self, method, path, body=None, expected=(200, 201, 204)):
        while True:
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(URL).netloc, timeout=30)
            connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body),
                               {"Authorization": "Bearer " + self.token})
            response = connection.getresponse()
            data = response.read()
            connection.close()
            if response.status != 429:
                break
            time.sleep(1)
        if expected and response.status not in expected:
            raise AssertionError("%s %s: %d %s" % (method, path, response.status, data.decode()))
        return json.loads(data) if data else None


RUN = base64.b32encode(hashlib.sha256(str(time.time()).encode()).digest()).decode().lower()[:6]
COUNT = 0


def unique():
    global COUNT
    COUNT += 1
    return "%s%d" % (RUN, COUNT)


def mac():
    global COUNT
    COUNT += 1
    return hashlib.sha256(("%s %d" % (RUN, COUNT)).encode()).hexdigest()[:12]


class FreeRadius(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.api = Api(os.environ["ISPCRM_TOKEN"])
        nas = unique()
        cls.api.call("POST", "/users", {"id": nas, "role": "radius"})
        cls.radius_token = cls.api.call("POST", "/tokens", {"user": nas})["data"]["token"]
        cls.gateway = Gateway()
        cls.server = Server(cls.gateway.url, cls.radius_token)
        cls.profiles = [int(time.time() * 1000) + number for number in range(2)]
        plan = {"Mikrotik-Rate-Limit": "20M/100M", "Framed-Pool": ["a", "b"]}
        cls.api.call("POST", "/profiles", {"id": cls.profiles[0], "name": "closed", "attributes": plan})
        cls.api.call("POST", "/profiles", {"id": cls.profiles[1], "name": "garden", "attributes": plan,
                                           "restricted_attributes": {"Framed-Pool": "garden"}})

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.gateway.shutdown()
        cls.gateway.server_close()

    def subscriber(self, password="secret", **fields):
        name = fields.pop("id", None) or unique()
        self.api.call("POST", "/users", {"id": name, "profile_id": self.profiles[1], **fields})
        if password is not None:
            self.api.call("PUT", "/users/%s/password" % name, {"password": password})
        return name

    def by_mac(self, username, **more):
        return self.server.login(User_Name=username, **more)

    def found(self, query, count):
        """Waits until the index shows as many users."""
        deadline = time.monotonic() + 20
        while len(self.api.call("GET", "/users?" + query)["users"]) != count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

    def assert_decided(self, answer, decision, **attributes):
        code, values = answer
        self.assertEqual(code, decision)
        for name, value in attributes.items():
            self.assertEqual(values.get(name.replace("_", "-")), value, values)

    def test_passwords_of_all_kinds_with_pap_chap_and_mschap(self):
        for password in ("plain", 'pa"ss%{User-Name}\\', "'`$(id)`'", "%{exec:/bin/id}", "\\\\server\\x", "grün-ßü€",
                         "%", "%%", " leading and trailing ", "x" * 128, "{SHA}abc", "0x616263", "a\\"):
            name = self.subscriber(password)
            for kind in ("User-Password", "CHAP-Password", "MS-CHAP-Password"):
                with self.subTest(password=password, kind=kind):
                    right = {kind.replace("-", "_"): password}
                    wrong = {kind.replace("-", "_"): "wrong"}
                    ppp = {"User_Name": name.upper(), "Framed_Protocol": "PPP"}
                    self.assert_decided(self.server.login(**ppp, **right), "Access-Accept",
                                        Mikrotik_Rate_Limit=["20M/100M"], Framed_Pool=["a", "b"],
                                        Class=["0x" + name.encode().hex()])
                    self.assertEqual(self.server.login(**ppp, **wrong)[0], "Access-Reject")
                    self.assertNotIn(password, self.server.login(**ppp, **wrong)[1].values())

    def test_radtest_logs_in(self):
        name = self.subscriber()
        done = subprocess.run(["radtest", "-t", "mschap", name, "secret", "127.0.0.1:%d" % self.server.port, "7", SECRET],
                              capture_output=True, check=False)
        self.assertIn(b"Received Access-Accept", done.stdout)

    def test_mac_in_every_notation_and_never_with_ppp(self):
        address = mac()
        name = self.subscriber(None, mac=address)
        self.found("mac=" + address, 1)
        pairs = re.findall("..", address)
        for text in (":".join(pairs), "-".join(pairs).upper(), " ".join(pairs), address,
                     ".".join(re.findall("....", address)), "-".join(re.findall("....", address)).upper(),
                     "-".join(re.findall("......", address))):
            with self.subTest(text):
                self.assert_decided(self.by_mac(text), "Access-Accept", Class=["0x" + name.encode().hex()])
                self.assert_decided(self.by_mac(text, User_Password=text), "Access-Accept")
                self.assert_decided(self.server.ppp(text, text), "Access-Reject")
                self.assert_decided(self.server.login(User_Name="", Calling_Station_Id=text), "Access-Accept")

    def test_status_and_profile_decide(self):
        for status in ("active", "suspended", "expired", "inactive", "disabled"):
            for number, has_garden in ((0, False), (1, True)):
                with self.subTest(status=status, has_garden=has_garden):
                    name = self.subscriber(status=status, profile_id=self.profiles[number])
                    answer = self.server.ppp(name, "secret")
                    if status == "active":
                        self.assert_decided(answer, "Access-Accept", Framed_Pool=["a", "b"], Session_Timeout=None)
                    elif has_garden and status in ("suspended", "expired"):
                        self.assert_decided(answer, "Access-Accept", Framed_Pool=["garden"],
                                            Mikrotik_Rate_Limit=None, Session_Timeout=["600"])
                        self.assert_decided(self.server.ppp(name, "wrong"), "Access-Reject")
                    else:
                        self.assert_decided(answer, "Access-Reject",
                                            Reply_Message=["The subscription is %s." % status])

    def test_who_is_no_subscriber_is_rejected(self):
        address = mac()
        for _ in range(2):
            self.subscriber(None, mac=address)
        self.found("mac=" + address, 2)
        self.assert_decided(self.by_mac(address), "Access-Reject",
                            Reply_Message=["Several subscribers have this MAC address."])
        staff, nas, bare = unique(), unique(), self.subscriber(None)
        self.api.call("POST", "/users", {"id": staff, "role": "staff"})
        self.api.call("POST", "/users", {"id": nas, "role": "radius"})
        for name in ("admin", staff, nas, unique()):
            with self.subTest(name):
                self.assert_decided(self.server.ppp(name, ""), "Access-Reject", Reply_Message=["Unknown subscriber."])
                self.assert_decided(self.by_mac(name), "Access-Reject", Reply_Message=["Unknown subscriber."])
        for password in ("", "secret"):
            self.assert_decided(self.server.ppp(bare, password), "Access-Reject")

    def test_expiration_during_a_session(self):
        end = datetime.now(timezone.utc) + timedelta(seconds=4)
        name = self.subscriber(expiration=end.strftime("%Y-%m-%d %H:%M:%S"))
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Accept", Session_Timeout=["60"])
        time.sleep(5)
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Accept", Framed_Pool=["garden"],
                            Session_Timeout=["600"])
        later = self.subscriber(expiration=(datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        seconds = int(self.server.ppp(later, "secret")[1]["Session-Timeout"][0])
        self.assertTrue(86300 < seconds <= 86400, seconds)

    def test_every_attribute_arrives_as_it_was_written(self):
        plan = self.profiles[1] + 10
        written = {
            "Mikrotik-Rate-Limit": "20M/100M 30M/120M 15M/80M 8/8 5 1M/5M", "Mikrotik-Address-List": "clients",
            "Mikrotik-Recv-Limit": "4294967295", "Framed-IP-Address": "192.0.2.7", "Framed-IP-Netmask": "255.255.255.255",
            "Framed-Pool": "fiber", "Framed-Route": ["198.51.100.0/24 192.0.2.7 1", "203.0.113.0/24 192.0.2.7 2"],
            "Framed-IPv6-Prefix": "2001:db8:1::/64", "Delegated-IPv6-Prefix": "2001:db8:2::/56",
            "Framed-IPv6-Pool": "v6", "Acct-Interim-Interval": "300", "Idle-Timeout": "0", "Filter-Id": ["in", "out"],
            "Cisco-AVPair": ["subscriber:sub-qos-policy-in=20M", 'ip:inacl#1=permit "x"'],
            "ERX-Service-Activate:1": None, "WISPr-Bandwidth-Max-Down": "100000000", "MS-Primary-DNS-Server": "192.0.2.53",
            "Reply-Message": "Grüße, 100 % \\o/", "Framed-MTU": "1492", "Port-Limit": "1",
        }
        del written["ERX-Service-Activate:1"]
        self.api.call("POST", "/profiles", {"id": plan, "name": "all", "attributes": written})
        name = self.subscriber(profile_id=plan)
        code, values = self.server.ppp(name, "secret")
        self.assertEqual(code, "Access-Accept")
        del values["Class"]
        values.pop("Message-Authenticator", None)
        self.assertEqual(values, {key: value if isinstance(value, list) else [value] for key, value in written.items()})

    def test_values_that_look_like_code_are_not_expanded(self):
        marker = self.server.folder / "executed"
        names = ("User-Password", "Cleartext-Password", "control:Cleartext-Password", "User-Name", "control:REST-HTTP-Header",
                 "config:ispcrm", "randstr:a", "md5:a", "hex:a", "expr:1+1", "date:now", "base64:a", "tolower:A", "Realm")
        code = ["%{" + name + "}" for name in names]
        code += ["%{exec:/usr/bin/touch " + str(marker) + "}", "`/usr/bin/touch " + str(marker) + "`",
                 "%{ispcrm:GET " + self.gateway.url + "/hit}", "%{rest:" + self.gateway.url + "/hit}",
                 "%{echo:x}", "%{%{User-Name}:-x}", "%{unpack:&Class 0 integer}", "%{0}", "%{1}", "%l", "%t", "%I", "%%",
                 "%", "%{", "%{}", "%}", "$ENV{ISPCRM_TOKEN}", "${confdir}", "&User-Password", "&control:Cleartext-Password",
                 "\\", "\\\\", "a\\", "\\n", "\\000", "\\x41", "\\\"", "\"", "'", "\"; Auth-Type := Accept", "a\", \"b",
                 "<img>", "0x41", "{\"op\":\"=\"}", "=~ /(.*)/", "!* ANY", "%{string:x}"]
        self.assertGreaterEqual(len(code), 50)
        self.gateway.others.clear()
        plan = self.profiles[1] + 20
        for number in range(0, len(code), 5):
            chunk = code[number:number + 5]
            self.api.call("POST", "/profiles", {"id": plan + number, "name": "c", "attributes": {"Filter-Id": chunk}})
            name = self.subscriber(chunk[0], profile_id=plan + number)
            with self.subTest(chunk):
                self.assert_decided(self.server.ppp(name, chunk[0]), "Access-Accept", Filter_Id=chunk)
        name = self.subscriber()
        for text in code:
            with self.subTest(text):
                self.api.call("PUT", "/users/%s/password" % name, {"password": text})
                self.assert_decided(self.server.ppp(name, text), "Access-Accept")
                self.assert_decided(self.server.ppp(text, text), "Access-Reject", Reply_Message=["Unknown subscriber."])
                self.assertEqual(json.loads(self.gateway.logins[-1][0])["username"], text)
        self.api.call("POST", "/profiles", {"id": plan + 1, "name": "c", "attributes": {"Filter-Id": "a\nb"}}, expected=(400,))
        self.assertEqual(self.gateway.others, [])
        self.assertFalse(marker.exists())

    def test_outages_reject_nobody(self):
        address = mac()
        known, garden, barred = (self.subscriber(), self.subscriber(status="suspended"),
                                 self.subscriber(status="suspended", profile_id=self.profiles[0]))
        self.subscriber(None, mac=address)
        self.found("mac=" + address, 1)
        stranger = self.subscriber()
        for name in (known, garden, barred):
            self.server.ppp(name, "secret")
        self.by_mac(address)
        self.server.login(User_Name="", Calling_Station_Id=address)
        for fault in FAULTS:
            with self.subTest(fault), self.gateway.failing(fault):
                self.assert_decided(self.server.ppp(known, "secret"), "Access-Accept",
                                    Mikrotik_Rate_Limit=["20M/100M"], Framed_Pool=["a", "b"], Reply_Message=None)
                self.assert_decided(self.server.ppp(known, "wrong"), "Access-Reject")
                self.assert_decided(self.server.ppp(garden, "secret"), "Access-Accept", Framed_Pool=["garden"])
                self.assert_decided(self.server.ppp(barred, "secret"), "Access-Reject")
                self.assert_decided(self.by_mac(address), "Access-Accept")
                for login in ({"User_Name": stranger, "User_Password": "secret", "Framed_Protocol": "PPP"},
                              {"User_Name": address, "User_Password": address, "Framed_Protocol": "PPP"},
                              {"User_Name": mac()}, {"User_Name": "", "Calling_Station_Id": mac()}):
                    self.assertIsNone(self.server.login(timeout=3 if fault == "hang" else 0.5, **login)[0])
            with self.subTest("after " + fault):
                self.assert_decided(self.server.ppp(known, "secret"), "Access-Accept")
                self.assertEqual(self.by_mac(mac())[0], "Access-Reject")

    def test_certificate_that_is_not_trusted_is_an_outage(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        good, other = certificate(folder, "good", "localhost"), certificate(folder, "other", "localhost")
        wrong_host = certificate(folder, "wrong", "crm.example.net")
        authorities = folder / "authorities"
        authorities.write_bytes(good.with_suffix(".pem").read_bytes() + wrong_host.with_suffix(".pem").read_bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(good.with_suffix(".pem"), good.with_suffix(".key"))
        # Whoever resumes a session sees no certificate.
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.num_tickets = 0
        gateway = Gateway(context)
        gateway.closes = True
        self.addCleanup(gateway.shutdown)
        server = Server(gateway.url, self.radius_token, authorities)
        self.addCleanup(server.stop)
        known, stranger = self.subscriber(), self.subscriber()
        self.assert_decided(server.ppp(known, "secret"), "Access-Accept")
        for bad in (other, wrong_host):
            with self.subTest(bad.name):
                context.load_cert_chain(bad.with_suffix(".pem"), bad.with_suffix(".key"))
                logins = None
                while len(gateway.logins) != logins:  # FreeRADIUS uses the connections up that it has opened already.
                    logins = len(gateway.logins)
                    for _ in range(3):
                        server.ppp(known, "secret")
                self.assert_decided(server.ppp(known, "secret"), "Access-Accept")
                self.assertIsNone(server.login(timeout=1, User_Name=stranger, User_Password="secret", Framed_Protocol="PPP")[0])
                self.assertEqual(len(gateway.logins), logins)
        context.load_cert_chain(good.with_suffix(".pem"), good.with_suffix(".key"))
        time.sleep(1.5)  # FreeRADIUS tries to connect once a second.
        self.assert_decided(server.ppp(stranger, "secret"), "Access-Accept")

    def test_changes_show_at_the_next_login(self):
        name = self.subscriber()
        garden = {"Framed_Pool": ["garden"]}
        whole = {"Framed_Pool": ["a", "b"]}
        tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%d")
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Accept", **whole)
        self.api.call("PATCH", "/users/" + name, {"status": "suspended"})
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Accept", **garden)
        self.api.call("PATCH", "/users/" + name, {"status": "active", "expiration": tomorrow})
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Accept", **whole)
        renamed = unique()
        self.api.call("PATCH", "/users/" + name, {"username": renamed})
        self.assert_decided(self.server.ppp(name, "secret"), "Access-Reject")
        self.assert_decided(self.server.ppp(renamed, "secret"), "Access-Accept", **whole)
        self.api.call("PUT", "/users/%s/password" % name, {"password": "new"})
        self.assert_decided(self.server.ppp(renamed, "secret"), "Access-Reject")
        self.assert_decided(self.server.ppp(renamed, "new"), "Access-Accept")
        self.api.call("PATCH", "/users/" + name, {"profile_id": None})
        self.assert_decided(self.server.ppp(renamed, "new"), "Access-Accept", Framed_Pool=None)
        self.api.call("DELETE", "/users/%s/password" % name)
        self.assert_decided(self.server.ppp(renamed, "new"), "Access-Reject")
        self.api.call("DELETE", "/users/" + name)
        self.assert_decided(self.server.ppp(renamed, "new"), "Access-Reject", Reply_Message=["Unknown subscriber."])

    def test_token_and_password_are_in_no_log(self):
        name = self.subscriber("kQ7-secret")
        self.server.ppp(name, "kQ7-secret")
        self.server.ppp(name, "kQ7-wrong")
        self.assertTrue(all(token == "Bearer " + self.radius_token for _, token in self.gateway.logins))
        self.assertNotIn(b"kQ7", b"".join(body for body, _ in self.gateway.logins))
        self.assertNotIn("kQ7", self.server.output())
        self.assertNotIn(self.radius_token, self.server.output())

    def test_storm_after_an_outage_of_the_network(self):
        """
        Routers that wait 1.1 s and ask three times get a response to each of 500 logins at once; of 2,000, if they ask a
        second server too. The local DynamoDB limits how many are decided a second.
        """
        names = [self.subscriber() for _ in range(40)]
        server = Server(URL, self.radius_token)
        self.addCleanup(server.stop)
        for count, tries in ((500, 3), (2000, 6)):
            with self.subTest(count):
                logins = "\n\n".join(
                    'User-Name = "%s", User-Password = "secret", Framed-Protocol = PPP' % names[number % len(names)]
                    for number in range(count))
                done = subprocess.run(
                    ["radclient", "-s", "-p", str(count), "-t", "1.1", "-r", str(tries), "127.0.0.1:%d" % server.port, "auth", SECRET],
                    input=logins.encode(), capture_output=True, check=False, timeout=60)
                counts = dict(re.findall(r"(Accepted|Rejected|Lost)\s+: (\d+)", done.stdout.decode()))
                self.assertEqual(counts, {"Accepted": str(count), "Rejected": "0", "Lost": "0"})


def certificate(folder, name, host):
    path = folder / name
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=" + host, "-addext",
         "subjectAltName=DNS:" + host, "-keyout", path.with_suffix(".key"), "-out", path.with_suffix(".pem")],
        check=True, capture_output=True)
    return path


URL = os.environ.get("ISPCRM_URL", "")

if __name__ == "__main__":
    if not shutil.which("freeradius") or not shutil.which("radclient"):
        print("SKIPPED: FreeRADIUS is not installed (freeradius, freeradius-rest, freeradius-utils)")
    else:
        unittest.main()
