"""What import-users and export-users have in common: the API over HTTP."""

import http.client
import json
import os
import re
import socket
import ssl
import urllib.parse

MAX_ATTEMPTS = 8
TIMEOUT_SECONDS = 40


class Refused(Exception):
    """Nothing can be done with this file, address or token."""


class Unreachable(Exception):
    """The API was not reached, or did not respond."""


class Api:
    """A connection that is kept open. It is used by one thread."""

    def __init__(self, url, token, is_stopped):
        self.url, self.is_stopped = url, is_stopped
        self.headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
        self.connection = None

    @staticmethod
    def root(text):
        """Reads the URL that the user gave."""
        url = urllib.parse.urlsplit(text.rstrip("/"))
        is_local = url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost", "::1")
        if not (url.scheme == "https" or is_local) or not url.path.endswith("/api/v1"):
            raise Refused("--url must be the root URL of the API: it starts with https:// and ends with /api/v1.")
        return url

    @staticmethod
    def token():
        token = os.environ.get("ISPCRM_TOKEN", "")
        if not re.fullmatch("[!-~]+", token):
            raise Refused("Put the token into the environment variable ISPCRM_TOKEN.")
        return token

    def check(self, scopes):
        """Asks once whether the address, the certificate and the token are right, and says what is not."""
        try:
            status, _, body = self.send("GET", "/tokens/self")
        except socket.gaierror as fault:
            raise Refused("The host %s is not known: %s." % (self.url.hostname, fault.strerror)) from fault
        except ssl.SSLError as fault:
            reason = getattr(fault, "verify_message", None) or fault.reason
            raise Refused("The certificate of %s is not valid: %s." % (self.url.hostname, reason)) from fault
        except (OSError, http.client.HTTPException) as fault:
            raise Refused("%s cannot be reached: %s." % (self.url.netloc, fault or type(fault).__name__)) from fault
        finally:
            self.close()
        if status == 200 and "data" in body:
            missing = [scope for scope in scopes if scope not in body["data"].get("scopes", [])]
            if missing:
                raise Refused("The token in ISPCRM_TOKEN lacks the scope %s." % " and ".join(missing))
        elif "code" not in body:
            raise Refused("%s is not the root URL of the API: it returned %d and no error of the API. Is the stage missing?"
                          % (self.url.geturl(), status))
        else:
            refuse_token(status, body)
            raise Refused("The API returned %d: %s" % (status, body.get("message")))

    def call(self, method, path, body=None):
        """Returns the status and the JSON of the response; waits and tries again if that can help."""
        unreachable = 0
        for attempt in range(1, MAX_ATTEMPTS + 1):
            pause = min(2 ** attempt, 30)
            # The other end may have closed a connection that was idle.
            is_new = self.connection is None
            try:
                status, headers, value = self.send(method, path, body)
            except (OSError, http.client.HTTPException) as fault:
                self.close()
                error = "the API cannot be reached: %s" % (fault or type(fault).__name__)
                unreachable += is_new
                if unreachable > 1:
                    raise Unreachable(error) from fault
                pause = 1
            else:
                error = "HTTP status %d, %d times in a row" % (status, MAX_ATTEMPTS)
                if status in (429, 503) and re.fullmatch("[0-9]{1,4}", headers.get("Retry-After") or ""):
                    pause = int(headers["Retry-After"])
                elif status not in (429, 500, 502, 503, 504):
                    refuse_token(status, value)
                    return status, value
            if self.is_stopped.wait(pause):
                raise Unreachable("interrupted")
        raise Unreachable(error)

    def send(self, method, path, body=None):
        if self.connection is None:
            host = self.url.netloc
            self.connection = (
                http.client.HTTPSConnection(host, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
                if self.url.scheme == "https" else http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS))
        text = None if body is None else json.dumps(body)
        self.connection.request(method, self.url.path + path, text, self.headers)
        response = self.connection.getresponse()
        return response.status, response.headers, parse(response.read())

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def refuse_token(status, body):
    """A 403 can be about a single line, but not these."""
    if status == 401 or body.get("code") == "address_not_allowed":
        raise Refused("The API refuses the token in ISPCRM_TOKEN (%d): %s" % (status, body.get("message")))


def explain(response):
    """What an error of the API says, each field at fault included."""
    errors = response.get("errors") or []
    return "; ".join("%(field)s %(message)s" % error for error in errors) or response.get("message")


def parse(text):
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"message": "a response that is not from the API: %.80r" % text}


def printable(text):
    """The text without anything that a terminal would obey or not show; it can come from the file or from a server."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
