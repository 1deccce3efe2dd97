"""People at the pages of Entra ID, and the credentials that they get with Microsoft's msal."""

import json
from contextlib import nullcontext
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from simulated import AUTHORITY, CALLBACK, CLIENT, IMPERSONATE, OLIVIA, SECRET

import msal
import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError


class Page(Exception):
    """Entra shows this instead of leading back."""


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.action = None
        self.fields = {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = given.get("action")
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


def sign_in(url, who=OLIVIA, consent="accept", browser=None):
    """A person at the sign-in page that `url` leads to, in a browser of their own if none is given.

    Returns the members of the redirect, or of the form, as a web framework would."""
    with nullcontext(browser) if browser else requests.Session() as browser:
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
                form = {"consent": consent}
            if page.action is None:
                break
            answer = browser.post(page.action, data=form, allow_redirects=False, timeout=20)
    raise Page(answer.text)


def approve_device(uri, user_code, who=OLIVIA, **more):
    answer = requests.post(uri, data={"otc": user_code, "person": who, **more}, timeout=20)
    assert "decline" in more or "You have signed in" in answer.text, answer.text


def web(**more):
    """The portal's application, as a web site uses it."""
    return msal.ConfidentialClientApplication(CLIENT, **{"client_credential": SECRET, "authority": AUTHORITY, **more})


def redeemed(application, who=OLIVIA, scopes=(IMPERSONATE,), browser=None, **flow):
    """Tokens, or the error, of a person who signs in to an application; `flow` goes to `initiate_auth_code_flow`."""
    begun = application.initiate_auth_code_flow(scopes=list(scopes), redirect_uri=CALLBACK, **flow)
    return application.acquire_token_by_auth_code_flow(begun, sign_in(begun["auth_uri"], who, browser=browser))


class Fixed:
    """A credential that has just this token, however old."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *_, **__):
        return AccessToken(self.token, 4_000_000_000)


class Signed:
    """A credential of somebody who has signed in to the portal's application, as azure-core takes it: msal's, unchanged.

    With capabilities (`CP1`) it also answers challenges."""

    def __init__(self, who=OLIVIA, capabilities=None):
        self.application = web(client_capabilities=capabilities)
        self.sign_in(who)

    def sign_in(self, who, **flow):
        tokens = redeemed(self.application, who, **flow)
        assert "access_token" in tokens, tokens
        self.account, = self.application.get_accounts()

    def get_token(self, *scopes, **options):
        found = self.application.acquire_token_silent_with_error(
            list(scopes), self.account, claims_challenge=options.get("claims"))
        if not found or "access_token" not in found:
            raise ClientAuthenticationError(message=json.dumps(found))
        return AccessToken(found["access_token"], 4_000_000_000)
