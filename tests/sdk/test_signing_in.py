"""Sign-in with msal and azure-identity."""

import os
import tempfile
import unittest
import webbrowser
from threading import Thread
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

from clients import Case
from keys import CERTIFICATE, REGISTERED, federated
from people import approve_device, redeemed, sign_in, web
from simulated import (ARM, AUTHORITY, CALLBACK, CLIENT, FACTORY, FACTORY_SYNC, IMPERSONATE, NINA, OLIVIA, ROBOT, ROBOT_SECRET,
                       SECRET, TENANT, TWINS, admin, settings)

import jwt
import requests
from azure.identity import (AuthenticationRecord, AuthorizationCodeCredential, CertificateCredential, ChainedTokenCredential,
                            ClientAssertionCredential, ClientSecretCredential, DeviceCodeCredential, EnvironmentCredential,
                            InteractiveBrowserCredential, OnBehalfOfCredential, WorkloadIdentityCredential)


def said(token):
    """What an access token says. (Only a test looks into one.)"""
    return jwt.decode(token, options={"verify_signature": False})


class SigningIn(Case):
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

    def test_a_step_up_brings_the_context_into_the_token(self):
        application = web()
        redeemed(application, NINA)
        account, = application.get_accounts()
        challenge = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}'
        refused = application.acquire_token_silent_with_error([IMPERSONATE], account, claims_challenge=challenge)
        self.assertEqual((refused["error"], refused["error_codes"]), ("interaction_required", [50076]))
        found = redeemed(application, NINA, claims_challenge=refused["claims"])
        told = said(found["access_token"])
        self.assertEqual((told["acrs"], told["amr"]), (["p1"], ["pwd", "mfa"]))

    def test_a_permission_is_consented_on_the_way(self):
        admin("POST", "/consent", {"withdraw": [IMPERSONATE]})
        self.assertIn("access_token", redeemed(web(), NINA))
        self.assertIn("access_token", redeemed(web(), OLIVIA), "nobody is asked twice")

    def test_an_application_in_its_own_name(self):
        admin("POST", "/role-assignments", {"principal": FACTORY_SYNC, "role": "Reader", "scope": FACTORY})
        with ClientSecretCredential(TENANT, ROBOT, ROBOT_SECRET) as credential:
            told = said(credential.get_token(ARM).token)
            self.assertEqual((told["idtyp"], told["appid"], told["oid"]), ("app", ROBOT, FACTORY_SYNC))
            self.assertEqual(self.clients(credential).twins.digital_twins.get("rg-factory", "factory-floor").id, FACTORY)

    def test_an_application_shows_a_certificate(self):
        with CertificateCredential(TENANT, CLIENT, certificate_data=CERTIFICATE) as credential:
            told = said(credential.get_token(ARM).token)
            self.assertEqual((told["appid"], told["appidacr"]), (CLIENT, "2"))
        # (azure-identity names a certificate by SHA-1 and signs by RS256; msal by itself SHA-256 and PS256.)
        shown = {"private_key": CERTIFICATE.decode(), "public_certificate": REGISTERED.decode()}
        found = web(client_credential=shown).acquire_token_for_client([ARM])
        self.assertEqual(said(found["access_token"])["appidacr"], "2")

    def test_an_application_shows_the_token_of_another_issuer(self):
        with ClientAssertionCredential(TENANT, CLIENT, federated) as credential:
            told = said(credential.get_token(ARM).token)
            self.assertEqual((told["appid"], told["appidacr"]), (CLIENT, "2"))
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(federated())
            file.flush()
            with WorkloadIdentityCredential(tenant_id=TENANT, client_id=CLIENT, token_file_path=file.name) as credential:
                self.assertEqual(said(credential.get_token(TWINS).token)["appid"], CLIENT)

    def test_a_token_is_for_the_resource_as_it_was_named(self):
        for scope, audience in [
            (ARM, "https://management.azure.com"),
            ("https://management.azure.com//.default", "https://management.azure.com/"),
            ("https://management.core.windows.net//.default", "https://management.core.windows.net/"),
            ("0b07f429-9f4b-4714-9392-cc5e8e80c8b0/.default", "0b07f429-9f4b-4714-9392-cc5e8e80c8b0"),
        ]:
            with self.subTest(scope), ClientSecretCredential(TENANT, CLIENT, SECRET) as credential:
                told = said(credential.get_token(scope).token)
                self.assertEqual((told["aud"], told["appidacr"]), (audience, "1"))

    def test_a_refresh_for_two_resources_is_for_the_first(self):
        application = web()
        redeemed(application, NINA)
        account, = application.get_accounts()
        found = application.acquire_token_silent_with_error(["https://digitaltwins.azure.net/Read.Write", IMPERSONATE], account)
        self.assertEqual(said(found["access_token"])["aud"], "https://digitaltwins.azure.net")

    def test_a_client_that_hears_of_revocation_is_told_when_to_come_again(self):
        settings(capable_token_seconds=86400)
        application = web(client_capabilities=["CP1"])
        self.assertEqual(redeemed(application, NINA)["expires_in"], 86400)
        kept, = application.token_cache.search(application.token_cache.CredentialType.ACCESS_TOKEN)
        self.assertEqual(int(kept["refresh_on"]) - int(kept["cached_at"]), 43200)

    def test_an_application_is_found_in_the_environment(self):
        known = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_CLIENT_SECRET": SECRET}
        with mock.patch.dict(os.environ, known), ChainedTokenCredential(EnvironmentCredential()) as credential:
            self.assertEqual(said(credential.get_token(ARM).token)["appid"], CLIENT)

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
        incoming = redeemed(web(), OLIVIA, scopes=[f"api://{CLIENT}/access_as_user"])["access_token"]
        self.assertEqual(said(incoming)["aud"], CLIENT)
        for shown in [{"client_secret": SECRET}, {"client_certificate": CERTIFICATE}]:
            with self.subTest(*shown), OnBehalfOfCredential(TENANT, CLIENT, user_assertion=incoming, **shown) as credential:
                for scope, audience in [(ARM, "https://management.azure.com"), (TWINS, "https://digitaltwins.azure.net")]:
                    told = said(credential.get_token(scope).token)
                    self.assertEqual((told["aud"].rstrip("/"), told["oid"]), (audience, OLIVIA))
                self.assertEqual(self.clients(credential).twins.digital_twins.get("rg-factory", "factory-floor").id, FACTORY)


if __name__ == "__main__":
    unittest.main()
