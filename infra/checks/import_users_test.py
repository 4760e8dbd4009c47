"""Tests infra/scripts/import-users and export-users against a server that misbehaves, and against the API if ISPCRM_URL and
ISPCRM_TOKEN name a local run and its administrator's token.

    python3 infra/checks/import_users_test.py
"""

import csv
import http.server
import io
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import uuid
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
# Sets the title of a terminal, clears it, and turns the direction of text around.
ESCAPES = "\x1b]0;pwn\x07\x1b[2J\x9b2J\u202e\r"
TOKEN = {"data": {"scopes": ["users:read", "users:write"]}}


class Stub(http.server.BaseHTTPRequestHandler):
    """Returns the server's response to a creation, and accepts the token."""

    def do_GET(self):
        if self.path.endswith("/tokens/self"):
            self.respond(*self.server.check)
        else:
            self.respond(404, {"code": "not_found", "message": "no such user"})

    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.server.status == 0:
            self.close_connection = True
            return
        self.respond(self.server.status, self.server.response)

    def respond(self, status, response):
        body = json.dumps(response).encode() if response else ESCAPES.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Script(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "users.csv")

    def stub(self, status, response, check=(200, TOKEN), handler=Stub):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.status, server.response, server.check, server.bodies = status, response, check, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def run_script(self, name, url, *options, token="t"):
        """Returns the exit status, and what the script writes to the terminal."""
        done = subprocess.run(
            [SCRIPTS / name, self.file, "--url", url, *options],
            env=os.environ | {"ISPCRM_TOKEN": token}, capture_output=True, check=False, timeout=120)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def imported(self, data, server, *options):
        """Returns the exit status, the terminal and the file of errors."""
        self.file.write_bytes(data if isinstance(data, bytes) else data.encode())
        status, terminal = self.run_script("import-users", url_of(server), *options)
        return status, terminal, self.errors()

    def errors(self):
        errors = Path(str(self.file) + ".errors")
        return errors.read_text("utf-8") if errors.exists() else ""


def url_of(server):
    return "http://127.0.0.1:%d/api/v1" % server.server_port


class Terminal(Script):
    """Nothing is printed that a terminal would obey."""

    def assert_harmless(self, text):
        self.assertNotEqual("", text)
        self.assertEqual(set(), {character for character in text if not character.isprintable()} - {"\n"})

    def test_header_with_escapes(self):
        _, terminal, _ = self.imported('"i%sd",name\n1,x\n' % ESCAPES, self.stub(201, {}))
        self.assert_harmless(terminal)
        self.assertIn("i\\x1b]0;pwn\\x07\\x1b[2J\\x9b2J\\u202e\\rd,name", terminal)

    def test_error_with_escapes(self):
        server = self.stub(400, {"errors": [{"field": "name", "message": ESCAPES + "\n"}]})
        _, terminal, errors = self.imported("id\njonewe\n", server)
        self.assert_harmless(terminal)
        self.assert_harmless(errors)
        self.assertEqual(1, errors.count("\n"))

    def test_refusal_with_escapes(self):
        server = self.stub(401, {"code": "unauthorized", "message": "No" + ESCAPES})
        status, terminal, _ = self.imported("id\njonewe\n", server)
        self.assertEqual(2, status)
        self.assert_harmless(terminal)
        self.assertIn("No\\x1b]0;pwn", terminal)

    def test_response_that_is_not_from_the_api(self):
        _, terminal, errors = self.imported("id\njonewe\n", self.stub(404, None))
        self.assert_harmless(terminal)
        self.assert_harmless(errors)


class Files(Script):
    def assert_read(self, data, *users):
        server = self.stub(201, {"data": {}})
        self.assertEqual((0, ""), self.imported(data, server)[::2])
        self.assertEqual(sorted(map(str, users)), sorted(map(str, server.bodies)))

    def test_header_in_any_case_and_cells_that_spreadsheets_add_or_drop(self):
        user = {"id": "a", "name": "Ann", "profile_id": 10}
        self.assert_read(" ID ,Name, Profile_ID,,\na,Ann,10.0,,\n", user)
        self.assert_read("id,name,profile_id,mac\na,Ann,10\n\n,,,\n", user)

    def test_separators_and_encodings(self):
        user = {"id": "a", "name": "Zoë, Ltd."}
        self.assert_read('sep=;\r\nid;name\r\na;"Zoë, Ltd."\r\n', user)
        self.assert_read("id\tname\na\tZoë, Ltd.\n".encode("utf-16"), user)
        self.assert_read('id,name\na,"Zoë, Ltd."'.encode("utf-8-sig"), user)

    def test_username_without_id(self):
        self.assert_read("username,name\nann,Ann\n", {"username": "ann", "name": "Ann"})

    def test_fault_of_a_line_is_a_fault_of_that_line(self):
        server = self.stub(201, {"data": {}})
        status, _, errors = self.imported(
            'id,name\na,A\nb,"Bob "Bobby" Two"\nc,C\nd,"D\ne,E\n,F\ng,G,surplus\nh,"H\nh"\n', server)
        self.assertEqual(1, status)
        self.assertEqual(["a", "c", "e", "h"], sorted(user["id"] for user in server.bodies))
        self.assertEqual(
            "line 3: has a quote that is not closed, or that is not doubled inside a cell\n"
            "line 5: has a quote that is not closed, or that is not doubled inside a cell\n"
            "line 7: id or username is required\n"
            "line 8: has 3 cells, but the first line names 2 fields\n", errors)

    def test_another_encoding_is_named_with_its_line(self):
        status, terminal, _ = self.imported("id,name\na,A\nb,René\n".encode("cp1252"), self.stub(201, {}))
        self.assertEqual(2, status)
        self.assertIn("Line 3 is not in UTF-8: save the file as CSV UTF-8.", terminal)

    def test_header_without_a_key(self):
        status, terminal, _ = self.imported("name,mac\nA,B\n", self.stub(201, {}))
        self.assertEqual(2, status)
        self.assertIn("among them id or username; it is: name,mac", terminal)


class Faults(Script):
    """What is wrong with the address, the certificate or the token is said in a sentence, before the first line."""

    def assert_refused(self, sentence, url):
        self.file.write_text("id\na\n")
        begin = time.monotonic()
        status, terminal = self.run_script("import-users", url)
        self.assertEqual(2, status)
        self.assertIn(sentence, terminal)
        self.assertLess(time.monotonic() - begin, 30)

    def test_unknown_host(self):
        self.assert_refused("The host crm.invalid is not known", "https://crm.invalid/api/v1")

    def test_nothing_listens(self):
        self.assert_refused("127.0.0.1:1 cannot be reached", "http://127.0.0.1:1/api/v1")

    def test_missing_stage(self):
        server = self.stub(201, {}, check=(403, {"message": "Forbidden"}))
        self.assert_refused("it returned 403 and no error of the API. Is the stage missing?", url_of(server))

    def test_missing_scope(self):
        server = self.stub(201, {}, check=(200, {"data": {"scopes": ["users:read"]}}))
        self.assert_refused("lacks the scope users:write", url_of(server))

    def test_refused_line_does_not_stop_the_others(self):
        server = self.stub(403, {"code": "forbidden", "message": "Forbidden - only an administrator"})
        status, _, errors = self.imported("id,role\na,staff\nb,\n", server)
        self.assertEqual(1, status)
        self.assertEqual(2, len(server.bodies))
        self.assertIn("line 2: Forbidden - only an administrator", errors)

    def test_ten_lines_in_a_row_that_do_not_reach_the_api(self):
        lines = "".join("u%d\n" % number for number in range(500))
        status, terminal, _ = self.imported("id\n" + lines, self.stub(0, None))
        self.assertEqual(2, status)
        self.assertIn("10 lines in a row did not reach the API", terminal)

    def test_idle_connection_that_is_closed_while_the_script_waits(self):
        class Busy(Stub):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                super().do_POST()
                is_first = len(self.server.bodies) == 1
                self.server.status, self.server.response = 201, {"data": {}}
                self.close_connection = is_first

            def end_headers(self):
                self.send_header("Retry-After", "1")
                super().end_headers()

        server = self.stub(429, {"code": "throttled", "message": "wait"}, handler=Busy)
        self.assertEqual((0, ""), self.imported("id\na\nb\n", server, "--workers", "1")[::2])
        self.assertEqual(["a", "a", "b"], [user["id"] for user in server.bodies])

    def test_interrupt_ends_within_two_seconds(self):
        server = self.stub(503, {"code": "unavailable", "message": "wait"})
        self.file.write_text("id\na\nb\n")
        process = subprocess.Popen(
            [SCRIPTS / "import-users", self.file, "--url", url_of(server)],
            env=os.environ | {"ISPCRM_TOKEN": "t"}, stderr=subprocess.PIPE)
        with process:
            while not server.bodies:
                time.sleep(0.1)
            begin = time.monotonic()
            process.send_signal(signal.SIGINT)
            self.assertIn(b"Run the same command again", process.communicate(timeout=10)[1])
        self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(130, process.returncode)

    def test_second_deployment_gets_every_line(self):
        first, second = self.stub(201, {"data": {}}), self.stub(201, {"data": {}})
        for server, expected in ((first, 2), (first, 2), (second, 2)):
            self.assertEqual(0, self.imported("id\na\nb\n", server)[0])
            self.assertEqual(expected, len(server.bodies))


@unittest.skipUnless("ISPCRM_URL" in os.environ, "ISPCRM_URL does not name a local run")
class RealApi(Script):
    def setUp(self):
        super().setUp()
        self.prefix = uuid.uuid4().hex[:12]
        self.url = os.environ["ISPCRM_URL"] + "/api/v1"

    def run_it(self, name, *options):
        return self.run_script(name, self.url, *options, token=os.environ["ISPCRM_TOKEN"])

    def write(self, *rows):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["id", "name", "status", "expiration", "mac", "profile_id", "notes", "metadata"])
        writer.writerows([self.prefix + row[0], *row[1:]] for row in rows)
        self.file.write_text(text.getvalue())

    def exported(self):
        file, self.file = self.file, self.file.with_name("exported.csv")
        try:
            self.assertEqual(0, self.run_it("export-users", "--filter", "q=" + self.prefix)[0])
            return self.file.read_bytes()
        finally:
            self.file = file

    def test_export_is_imported_and_exported_the_same(self):
        self.write(
            ("a", "Zoë, \"Z\"", "active", "2020-01-01", "001a-2b3c-4d5e", "10"),
            ("b", "Bob", "suspended", "", "", "", " first\n" + "\r\n\n" * 50 + " last ", '{"line": "a\\nb", "zahl": "ä"}'),
            ("c", "Cid", "", "2099-01-01T12:00:00+0200", "", "0"))
        self.assertEqual(0, self.run_it("import-users")[0])
        first = self.exported()
        self.assertEqual(3, len(list(csv.DictReader(io.StringIO(first.decode())))))
        self.file.write_bytes(first)
        for options in ((), ("--update",), ("--dry-run",), ("--update", "--dry-run")):
            status, terminal = self.run_it("import-users", *options)
            self.assertEqual(0, status, terminal)
            self.assertIn("3 equal", terminal)
        self.assertEqual(first, self.exported())

    def test_update_changes_what_differs_and_only_with_the_option(self):
        self.write(("a", "Ann", "", "", "", ""), ("b", "Bob", "", "", "", "1"))
        self.assertIn("2 created", self.run_it("import-users")[1])
        self.write(("a", "Anna", "", "", "", ""), ("b", " BOB ".strip(), "", "", "AABBCCDDEEFF", "1"), ("c", "Cid", "", "", "", ""))
        before = self.exported()
        self.assertIn("2 to change, 1 to create", self.run_it("import-users", "--update", "--dry-run")[1])
        status, terminal = self.run_it("import-users", "--dry-run")
        self.assertEqual(1, status)
        self.assertIn("2 failed, 1 to create", terminal)
        self.assertIn("exists already, and differs in name, mac", self.errors())
        self.assertEqual(before, self.exported())
        self.assertIn("2 changed, 1 created", self.run_it("import-users", "--update")[1])
        self.assertIn("3 equal", self.run_it("import-users", "--update")[1])
        self.assertIn(b"Anna", self.exported())

    def test_every_other_line_is_wrong_in_its_own_way(self):
        taken = self.prefix + "0"
        wrong = {
            '%s,name="Bob': "has a quote that is not closed", "%s,surplus": "has 16 cells, but the first line names 15 fields",
            ",name=Bob": "id or username is required", "%s x": "id must be 1 to 64 characters",
            "%s,username=a/b": "username must be", "%s,name=\u200b": "name must be", "%s,status=paid": "status must be one of",
            "%s,expiration=2027-02-30": "expiration must be a valid time", "%s,expiration=31.03.2027": "expiration must be a valid time",
            "%s,mac=AA:BB:CC:DD:EE": "mac must be twelve hexadecimal digits", "%s,profile_id=-1": "profile_id must be an integer",
            "%s,profile_id=gold": "profile_id must be an integer", "%s,radius_id=1.5": "radius_id must be an integer",
            "%s,email=jo": "email must be an email address", "%s,phone=none": "phone must be a telephone number",
            "%s,metadata=text": "metadata must be an object", "%s,role=boss": "role must be one of",
            "%s,username=" + taken: "already in use", "%s,customer_id=" + taken: "already in use",
            "%s,username=admin": "is reserved", "%s,customer_id=%%": "customer_id must be", "%s,name=" + "x" * 201: "name must be 1 to 200",
            "%s,notes=" + "x" * 2001: "notes must be 1 to 2000", "%s,address=a\tb": "address must be", taken + ",name=Other": "differs in name",
        }
        self.assertEqual(25, len(wrong))
        fields = ["id", "username", "name", "status", "expiration", "mac", "profile_id", "radius_id", "email", "phone", "metadata", "role",
                  "customer_id", "notes", "address"]
        self.file.write_text("id,customer_id\n%s,%s\n" % (taken, taken))
        self.assertEqual(0, self.run_it("import-users")[0])
        lines = [",".join(fields)]
        for number, text in enumerate(wrong):
            lines.append("%sr%d" % (self.prefix, number))
            text = text.replace("%s", "%sw%d" % (self.prefix, number))
            key, *cells = text.split(",")
            row = dict(cell.split("=", 1) for cell in cells if "=" in cell)
            lines.append(",".join([key, *(row.get(name, "") for name in fields[1:])]) + ("," + cells[-1] if cells and cells[-1] == "surplus" else ""))
        self.file.write_text("\n".join(lines) + "\n")
        status, terminal = self.run_it("import-users")
        self.assertEqual(1, status)
        self.assertIn("25 created, 25 failed", terminal)
        errors = self.errors().splitlines()
        self.assertEqual(25, len(errors), errors)
        for number, (error, expected) in enumerate(zip(errors, wrong.values())):
            self.assertTrue(error.startswith("line %d: " % (3 + 2 * number)), error)
            self.assertIn(expected, error)


if __name__ == "__main__":
    unittest.main()
