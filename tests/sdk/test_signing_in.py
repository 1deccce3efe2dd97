"""Sign-in with msal and azure-identity."""

import unittest
import webbrowser
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from simulated import (ARM, AUTHORITY, CALLBACK, CLIENT, NINA, OLIVIA, SECRET, TENANT, TWINS, admin, approve_device, fresh,
                       sign_in)

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (AuthenticationRecord, AuthorizationCodeCredential, ClientSecretCredential, DeviceCodeCredential,
                            InteractiveBrowserCredential, OnBehalfOfCredential)

IMPERSONATE = "https://management.azure.com/user_impersonation"


def web():
    return msal.ConfidentialClientApplication(CLIENT, client_credential=SECRET, authority=AUTHORITY)


class SigningIn(unittest.TestCase):
    def setUp(self):
        fresh()

    def test_a_code_with_pkce_then_other_resources_by_refresh(self):
        application = web()
        flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
        self.assertIn("code_challenge", flow["auth_uri"])
        found = application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], NINA))
        self.assertEqual(found["id_token_claims"]["oid"], NINA)
        self.assertEqual(found["id_token_claims"]["iss"], f"{AUTHORITY}/v2.0")
        account, = application.get_accounts()
        self.assertEqual((account["username"], account["home_account_id"]), ("nina@contoso.com", f"{NINA}.{TENANT}"))
        for scope, marker in [("User.Read", "User.Read"), ("https://digitaltwins.azure.net/Read.Write", "Read.Write")]:
            other = application.acquire_token_silent_with_error([scope], account)
            self.assertIn("access_token", other)
            self.assertIn(marker, other.get("scope", scope))
        me = requests.get("https://graph.microsoft.com/v1.0/me", timeout=20, headers={
            "Authorization": "Bearer " + application.acquire_token_silent(["User.Read"], account)["access_token"]})
        self.assertEqual(me.json()["id"], NINA)

    def test_a_code_is_good_once_and_only_with_its_verifier(self):
        application = web()
        flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
        answer = sign_in(flow["auth_uri"])
        broken = application.acquire_token_by_auth_code_flow({**flow, "code_verifier": "x" * 43}, answer)
        self.assertEqual((broken["error"], broken["error_codes"]), ("invalid_grant", [501481]))
        self.assertIn("access_token", application.acquire_token_by_auth_code_flow(flow, answer))
        again = application.acquire_token_by_auth_code_flow(flow, answer)
        self.assertEqual((again["error"], again["error_codes"]), ("invalid_grant", [54005]))

    def test_what_entra_refuses_is_an_error_of_the_package(self):
        wrong = ClientSecretCredential(TENANT, CLIENT, "wrong")
        with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS7000215"):
            wrong.get_token(ARM)
        stranger = ClientSecretCredential(TENANT, "00000000-0000-4000-8000-000000000000", "x")
        with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS700016"):
            stranger.get_token(ARM)
        with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS1002012|scope"):
            ClientSecretCredential(TENANT, CLIENT, SECRET).get_token("https://management.azure.com/user_impersonation")

    def test_revoked_blocked_and_stepped_up(self):
        application = web()
        flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
        application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], NINA))
        account, = application.get_accounts()
        challenge = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}'
        refused = application.acquire_token_silent_with_error([IMPERSONATE], account, claims_challenge=challenge)
        self.assertEqual((refused["error"], refused["error_codes"]), ("interaction_required", [50076]))
        step = application.initiate_auth_code_flow(
            scopes=[IMPERSONATE], redirect_uri=CALLBACK, claims_challenge=challenge)
        found = application.acquire_token_by_auth_code_flow(step, sign_in(step["auth_uri"], NINA))
        self.assertIn("access_token", found)
        admin("POST", "/people/nina@contoso.com/block")
        blocked = application.acquire_token_silent_with_error(["User.Read"], account)
        self.assertEqual((blocked["error_codes"], blocked["suberror"]), ([53003], "message_only"))
        admin("POST", "/people/nina@contoso.com/block", {"on": False})
        admin("POST", "/people/nina@contoso.com/revoke")
        # (For another resource: msal remembers the refusal above for a while and does not ask again.)
        revoked = application.acquire_token_silent_with_error(["https://digitaltwins.azure.net/Read.Write"], account)
        self.assertEqual((revoked["error"], revoked["error_codes"]), ("invalid_grant", [50173]))

    def test_an_application_in_its_own_name(self):
        with ClientSecretCredential(TENANT, CLIENT, SECRET) as credential:
            self.assertTrue(credential.get_token(ARM).token)

    def test_a_code_given_to_azure_identity(self):
        query = f"client_id={CLIENT}&response_type=code&scope=openid+offline_access+{IMPERSONATE}&redirect_uri={CALLBACK}"
        code = sign_in(f"{AUTHORITY}/oauth2/v2.0/authorize?{query}")["code"]
        credential = AuthorizationCodeCredential(TENANT, CLIENT, code, CALLBACK, client_secret=SECRET)
        with credential:
            self.assertTrue(credential.get_token(IMPERSONATE).token)

    def test_a_device_code_with_microsofts_public_client(self):
        def approve(uri, user_code, _):
            approve_device(uri, user_code, NINA)

        with DeviceCodeCredential(prompt_callback=approve, tenant_id=TENANT) as credential:
            record = credential.authenticate(scopes=[ARM])
            self.assertIsInstance(record, AuthenticationRecord)
            self.assertEqual((record.username, record.tenant_id), ("nina@contoso.com", TENANT))
            self.assertTrue(credential.get_token(TWINS).token)

    def test_a_browser_with_microsofts_public_client(self):
        class Browser(webbrowser.BaseBrowser):
            """Signs in, and brings the answer to the package's own port as the page would (it asks for form_post)."""

            def open(self, url, new=0, autoraise=True):
                asked = dict(parse_qsl(urlsplit(url).query))
                answer = sign_in(url, OLIVIA)
                bring = requests.post if asked.get("response_mode") == "form_post" else requests.get
                named = "data" if bring is requests.post else "params"
                Thread(target=lambda: bring(asked["redirect_uri"], timeout=20, **{named: answer}).close()).start()
                return True

        webbrowser.register("simulated", None, Browser("simulated"), preferred=True)
        with InteractiveBrowserCredential(tenant_id=TENANT) as credential:
            record = credential.authenticate(scopes=[ARM])
            self.assertEqual(record.username, "olivia@contoso.com")

    def test_on_behalf_of_a_person(self):
        application = web()
        flow = application.initiate_auth_code_flow(
            scopes=[f"api://{CLIENT}/access_as_user"], redirect_uri=CALLBACK)
        incoming = application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], NINA))["access_token"]
        with OnBehalfOfCredential(TENANT, CLIENT, client_secret=SECRET, user_assertion=incoming) as credential:
            self.assertTrue(credential.get_token(ARM).token)
        with OnBehalfOfCredential(TENANT, CLIENT, client_secret=SECRET, user_assertion="e30.e30.e30") as credential:
            with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS50013"):
                credential.get_token(ARM)


if __name__ == "__main__":
    unittest.main()
