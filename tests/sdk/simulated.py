"""Starts the simulator for the tests of a run and leads Microsoft's packages to it.

Azure's host names go through the simulator's own proxy, and its authority is the only one trusted, so that nothing of a
package has to be changed and nothing can reach the real Azure.
"""

import atexit
import os
import re
import subprocess
import tempfile
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

TENANT = "7f9f2c9e-3c1c-4c6b-9b0a-2a1d6f0e4b10"
CLIENT = "2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01"
SECRET = "twindesk-demo-secret~not-a-real-one"
CALLBACK = "http://localhost:8400/auth/callback"
PRODUCTION = "a1b2c3d4-0000-4000-8000-000000000001"
DEVELOPMENT = "a1b2c3d4-0000-4000-8000-000000000002"
AUTHORITY = f"https://login.microsoftonline.com/{TENANT}"
ARM = "https://management.azure.com/.default"
TWINS = "https://digitaltwins.azure.net/.default"
OLIVIA = "10000000-aaaa-4000-8000-000000000001"
NINA = "10000000-aaaa-4000-8000-000000000004"
DATA_OWNER = "bcd981a7-7f74-457b-83e1-cceb9e632ffe"


def _start():
    folder = tempfile.TemporaryDirectory(prefix="simulator-")
    authority = os.path.join(folder.name, "authority.pem")
    process = subprocess.Popen(
        [os.environ["TWINDESK_TEST_SIMULATOR"], "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--tls-ca", authority],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NO_COLOR": "1", "RUST_LOG": "info"},
    )

    def stop():
        process.terminate()
        process.wait()
        process.stdout.close()
        folder.cleanup()

    atexit.register(stop)
    base = proxy = None
    for line in process.stdout:
        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
        base = (re.search(r"base=(\S+)", line) or [None, base])[1]
        proxy = (re.search(r"proxy=(\S+)", line) or [None, proxy])[1]
        if base and proxy:
            break
    else:
        raise RuntimeError("the simulator did not start")
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(HTTPS_PROXY=f"http://{proxy}", NO_PROXY="127.0.0.1,localhost", REQUESTS_CA_BUNDLE=authority)
    return base.rstrip("/"), authority


BASE, CA = _start()

import requests  # noqa: E402  (after the environment is set)


def admin(method, path, body=None):
    """How tests bend the simulated world."""
    answer = requests.request(method, f"{BASE}/admin{path}", json={} if body is None else body, timeout=20)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def fresh():
    """The first day again, with nothing to wait for."""
    admin("POST", "/reset")
    admin("PATCH", "/settings", {
        "lro_seconds": 0, "retry_after": 0, "registration_seconds": 0, "role_propagation_seconds": 0,
        "replication_seconds": 0, "device_interval": 1, "check_shapes": True,
    })


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.action = None
        self.fields = {}

    def handle_starttag(self, tag, attributes):
        if tag == "form" and self.action is None:
            self.action = dict(attributes).get("action")
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


def sign_in(url, who=OLIVIA, **more):
    """A person at the sign-in page that `url` leads to. Returns the members of the redirect, or of the form, as a web framework would."""
    with requests.Session() as browser:
        answer = browser.get(url, allow_redirects=False, timeout=20)
        form = {"person": who}
        for _ in range(4):
            if answer.status_code == 302:
                parts = urlsplit(answer.headers["location"])
                return {name: values[0] for name, values in parse_qs(parts.query).items()}
            page = _Forms()
            page.feed(answer.text)
            if "code" in page.fields or "error" in page.fields:
                return page.fields
            if "Approve sign-in" in answer.text:
                form = {"mfa": "approve"}
            elif "Permissions requested" in answer.text:
                form = {"consent": more.get("consent", "accept")}
            if page.action is None:
                raise AssertionError(answer.text)
            answer = browser.post(page.action, data=form, allow_redirects=False, timeout=20)
    raise AssertionError("the sign-in does not end")


def approve_device(uri, user_code, who=OLIVIA):
    answer = requests.post(uri, data={"otc": user_code, "person": who}, timeout=20)
    assert "You have signed in" in answer.text, answer.text


class Signed:
    """A credential of somebody who has signed in to the portal's application, as azure-core takes it: msal's, unchanged."""

    def __init__(self, who=OLIVIA):
        import msal

        self.application = msal.ConfidentialClientApplication(CLIENT, client_credential=SECRET, authority=AUTHORITY)
        flow = self.application.initiate_auth_code_flow(
            scopes=["https://management.azure.com/user_impersonation"], redirect_uri=CALLBACK)
        self.tokens = self.application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], who))
        assert "access_token" in self.tokens, self.tokens
        self.account = self.application.get_accounts()[0]

    def get_token(self, *scopes, **options):
        from azure.core.credentials import AccessToken

        found = self.application.acquire_token_silent_with_error(
            list(scopes), self.account, claims_challenge=options.get("claims"))
        if not found or "access_token" not in found:
            raise RuntimeError(f"no token for {scopes}: {found}")
        return AccessToken(found["access_token"], 4_000_000_000)
