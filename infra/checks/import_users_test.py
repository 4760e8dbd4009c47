"""Tests that infra/scripts/import-users passes nothing to the terminal that the terminal would obey.

    python3 infra/checks/import_users_test.py
"""

import http.server
import json
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts/import-users"
# Sets the title of a terminal, clears it, and turns the direction of text around.
ESCAPES = "\x1b]0;pwn\x07\x1b[2J\x9b2J\u202e\r"


class EvilApi(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(self.server.response).encode() if self.server.response else ESCAPES.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class ImportUsers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "users.csv")

    def imported(self, text, port=1):
        """Returns what the script writes to the terminal and to the file of errors."""
        self.file.write_text(text, encoding="utf-8", newline="")
        done = subprocess.run(
            ["python3", SCRIPT, self.file, "--url", "http://127.0.0.1:%d/api/v1" % port],
            env=os.environ | {"ISPCRM_TOKEN": "t"}, capture_output=True, check=False)
        self.assertIn(done.returncode, (1, 2))
        errors = Path(str(self.file) + ".errors")
        return done.stdout.decode() + done.stderr.decode(), errors.read_text("utf-8") if errors.exists() else ""

    def respond(self, status, response):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EvilApi)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.status, server.response = status, response
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return self.imported("id\njonewe\n", server.server_port)

    def assert_harmless(self, text):
        self.assertNotEqual("", text)
        self.assertEqual(set(), {character for character in text if not character.isprintable()} - {"\n"})

    def test_a_header_with_escapes_is_shown_without_them(self):
        terminal, _ = self.imported('"i%sd",name\n1,x\n' % ESCAPES)
        self.assert_harmless(terminal)
        self.assertIn("i\\x1b]0;pwn\\x07\\x1b[2J\\x9b2J\\u202e\\rd,name", terminal)

    def test_a_refusal_with_escapes_is_shown_without_them(self):
        terminal, _ = self.respond(403, {"message": "Forbidden" + ESCAPES})
        self.assert_harmless(terminal)
        self.assertIn("Forbidden\\x1b]0;pwn", terminal)

    def test_an_error_of_a_line_with_escapes_is_written_without_them(self):
        terminal, errors = self.respond(400, {"errors": [{"field": "name", "message": ESCAPES + "\n"}]})
        self.assert_harmless(terminal)
        self.assert_harmless(errors)
        self.assertEqual(1, errors.count("\n"))

    def test_a_response_that_is_not_from_the_api_is_written_without_escapes(self):
        terminal, errors = self.respond(404, None)
        self.assert_harmless(terminal)
        self.assert_harmless(errors)


if __name__ == "__main__":
    unittest.main()
