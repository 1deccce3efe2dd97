"""What Entra ID refuses: msal's error with its numbers, and the exceptions that azure-identity makes of it."""

import json
import time
import unittest

from clients import Case
from keys import certificate, federated
from people import Page, Signed, approve_device, redeemed, sign_in, web
from simulated import (ARM, AUTHORITY, AZURE_CLI, CALLBACK, CLIENT, IMPERSONATE, LITWARE, LOGIN, NINA, OLIVIA, SECRET, TENANT,
                       TWINS, admin, later, settings)

import jwt
import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (AuthenticationRequiredError, CertificateCredential, ChainedTokenCredential, ClientAssertionCredential,
                            ClientSecretCredential, CredentialUnavailableError, DeviceCodeCredential, EnvironmentCredential, OnBehalfOfCredential)

READ = "https://digitaltwins.azure.net/Read.Write"
OWN = f"api://{CLIENT}/access_as_user"
ROWS = []


def refusal(error, number, *words, suberror=None, claims=False):
    """A row of the table: the function returns msal's answer."""

    def add(ask):
        ROWS.append((ask, error, number, words, suberror, claims))
        return ask

    return add


def signed_in(who=NINA, **more):
    """An application with somebody's tokens in its cache, and the account."""
    application = web(**more)
    redeemed(application, who)
    account, = application.get_accounts()
    return application, account


def silently(scope=READ, then=lambda: None, claims=None, who=NINA):
    """A token for another resource by the refresh token, after `then` has happened."""
    application, account = signed_in(who)
    then()
    return application.acquire_token_silent_with_error([scope], account, claims_challenge=claims)


# The person

@refusal("interaction_required", 50076, "you must use multi-factor authentication", suberror="basic_action", claims=True)
def a_second_factor_is_wanted():
    return silently(then=lambda: admin("POST", "/people/nina@contoso.com/require-mfa"))


@refusal("interaction_required", 50076, "you must use multi-factor authentication", suberror="basic_action", claims=True)
def a_policy_wants_an_authentication_context():
    return silently(then=lambda: settings(conditional_access=[{"resource": "twins", "require": "c1"}]))


@refusal("invalid_grant", 53003, "Access has been blocked by Conditional Access policies.", suberror="message_only")
def a_policy_blocks():
    return silently(then=lambda: admin("POST", "/people/nina@contoso.com/block"))


@refusal("invalid_grant", 65001, f"has not consented to use the application with ID '{CLIENT}'", suberror="consent_required")
def a_permission_is_not_consented():
    return silently(then=lambda: admin("POST", "/consent", {"withdraw": [READ]}))


@refusal("invalid_grant", 50173, "has expired due to it being revoked", "TokensValidFrom")
def sessions_are_revoked():
    return silently(then=lambda: admin("POST", "/people/nina@contoso.com/revoke"))


@refusal("invalid_grant", 700082, "was inactive for 90.00:00:00", suberror="bad_token")
def nobody_came_for_ninety_days():
    return silently(then=lambda: later(91 * 86400))


@refusal("invalid_grant", 70043, "sign-in frequency checks", suberror="token_expired")
def a_sign_in_is_too_long_ago():
    def then():
        settings(sign_in_frequency_seconds=3600)
        later(3601)

    return silently(then=then)


def vera():
    """Somebody who has no second factor yet."""
    return admin("POST", "/people", {"upn": "vera@contoso.com", "mfa_registered": False})["id"]


@refusal("interaction_required", 50079, "you must enroll in multi-factor authentication", suberror="basic_action", claims=True)
def a_second_factor_is_not_set_up():
    return silently(who=vera(), then=lambda: admin("POST", "/people/vera@contoso.com/require-mfa"))


@refusal("interaction_required", 50078, "Presented multi-factor authentication has expired", suberror="basic_action", claims=True)
def a_second_factor_is_too_old():
    admin("POST", "/people/nina@contoso.com/require-mfa")
    settings(mfa_seconds=3600)
    return silently(then=lambda: later(3601))


def against(word):
    return silently(then=lambda: settings(conditional_access=[{"require": word}]))


@refusal("invalid_grant", 50097, "Device authentication is required.", suberror="message_only", claims=True)
def a_device_that_nobody_knows():
    return against("device")


@refusal("invalid_grant", 53000, "Device is not in required device state: compliant.", suberror="message_only", claims=True)
def a_device_that_is_not_compliant():
    return against("compliant")


@refusal("invalid_grant", 53001, "Device is not in required device state: domain_joined.", suberror="message_only", claims=True)
def a_device_that_is_not_joined():
    return against("joined")


@refusal("invalid_grant", 530084, "token protection policy", suberror="message_only")
def tokens_that_are_not_bound():
    return against("token_protection")


@refusal("invalid_grant", 50196, "it encountered a loop")
def the_same_again_and_again():
    settings(loop_limit=2)
    token = redeemed(web(), NINA)["refresh_token"]
    for _ in range(2):
        assert "access_token" in web().acquire_token_by_refresh_token(token, [READ])
    return web().acquire_token_by_refresh_token(token, [READ])


@refusal("invalid_grant", 50020, "does not exist in tenant 'Litware'", "'nina@contoso.com'", f"'https://sts.windows.net/{TENANT}/'")
def somebody_of_another_tenant():
    at_home = msal.PublicClientApplication(AZURE_CLI, authority=AUTHORITY)
    flow = at_home.initiate_device_flow([ARM])
    approve_device(flow["verification_uri"], flow["user_code"], NINA)
    token = at_home.acquire_token_by_device_flow(flow)["refresh_token"]
    there = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/{LITWARE}")
    return there.acquire_token_by_refresh_token(token, [ARM])


@refusal("invalid_request", 90010, "not supported over the /common or /consumers endpoints")
def a_password_at_the_door_of_all():
    application = msal.PublicClientApplication(AZURE_CLI, authority=f"{LOGIN}/common")
    return application.acquire_token_by_username_password("nina@contoso.com", "Twindesk1!", [ARM])


# The page of the sign-in leads back with these.

@refusal("access_denied", 65004, "User declined to consent")
def the_person_says_no():
    admin("POST", "/consent", {"withdraw": [IMPERSONATE]})
    application = web()
    flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
    return application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], NINA, consent="cancel"))


@refusal("login_required", 50058, "Session information is not sufficient")
def nobody_has_signed_in():
    return redeemed(web(), NINA, prompt="none")


def without_a_page(who=(NINA,), then=lambda: None, **flow):
    """What a browser hears that has signed these in and is not to show anything."""
    with requests.Session() as browser:
        for one in who:
            assert "access_token" in redeemed(web(), one, browser=browser, prompt="select_account")
        then()
        return redeemed(web(), browser=browser, prompt="none", **flow)


@refusal("interaction_required", 50072, "you must enroll in multi-factor authentication")
def a_second_factor_is_not_set_up_and_no_page_may_be_shown():
    return without_a_page([vera()], lambda: admin("POST", "/people/vera@contoso.com/require-mfa"))


@refusal("interaction_required", 50074, "Strong Authentication is required.")
def the_application_wants_a_second_factor_and_no_page_may_be_shown():
    return without_a_page(claims_challenge='{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}')


@refusal("interaction_required", 16000, "multiple user identities are available")
def two_people_in_one_browser():
    return without_a_page([NINA, OLIVIA])


@refusal("invalid_scope", 70011, "is not valid")
def a_permission_that_arm_does_not_have():
    return redeemed(web(), NINA, scopes=["https://management.azure.com/everything"])


# Codes

def with_code(change, then=lambda: None):
    application = web()
    flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
    answer = sign_in(flow["auth_uri"], NINA)
    then()
    return application.acquire_token_by_auth_code_flow({**flow, **change}, answer)


@refusal("invalid_grant", 501481, "Code_Verifier")
def a_verifier_that_is_not_ours():
    return with_code({"code_verifier": "x" * 43})


@refusal("invalid_grant", 70008, "has expired")
def a_code_of_eleven_minutes_ago():
    return with_code({}, lambda: later(11 * 60))


@refusal("invalid_grant", 500112, "does not match the reply address")
def a_code_for_another_address():
    return with_code({"redirect_uri": "http://localhost:8080/auth/callback"})


@refusal("invalid_grant", 54005, "already redeemed")
def a_code_twice():
    application = web()
    flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri=CALLBACK)
    answer = sign_in(flow["auth_uri"], NINA)
    application.acquire_token_by_auth_code_flow(flow, answer)
    return application.acquire_token_by_auth_code_flow(flow, answer)


# The application

@refusal("invalid_client", 7000215, "Invalid client secret provided.", f"added to app '{CLIENT}'")
def a_wrong_secret():
    return web(client_credential="wrong").acquire_token_for_client([ARM])


@refusal("invalid_client", 7000222, f"client secret keys for app '{CLIENT}' are expired")
def an_expired_secret():
    settings(secret_expired=True)
    return web().acquire_token_for_client([ARM])


@refusal("invalid_client", 7000218, "'client_assertion' or 'client_secret'")
def no_secret():
    application = msal.PublicClientApplication(CLIENT, authority=AUTHORITY)
    return redeemed(application, NINA)


@refusal("unauthorized_client", 700016, "was not found in the directory 'Contoso'")
def an_application_that_is_not_registered():
    stranger = msal.ConfidentialClientApplication("00000000-0000-4000-8000-000000000000", client_credential="x", authority=AUTHORITY)
    return stranger.acquire_token_for_client([ARM])


@refusal("invalid_request", 50194, "is not configured as a multi-tenant application")
def of_one_tenant_at_the_door_of_all():
    return web(authority=f"{LOGIN}/organizations").acquire_token_for_client([ARM])


@refusal("invalid_scope", 1002012, "/.default suffixed")
def in_its_own_name_with_a_persons_permission():
    return web().acquire_token_for_client([IMPERSONATE])


def asserting(text):
    return web(client_credential={"client_assertion": text}).acquire_token_for_client([ARM])


@refusal("invalid_client", 700211, "presented assertion issuer 'https://other.example'")
def an_assertion_of_another_issuer():
    return asserting(federated(iss="https://other.example"))


@refusal("invalid_client", 700213, "presented assertion subject 'someone-else'")
def an_assertion_about_somebody_else():
    return asserting(federated(sub="someone-else"))


@refusal("invalid_client", 700212, "presented assertion audience 'api://other'")
def an_assertion_for_somebody_else():
    return asserting(federated(aud="api://other"))


@refusal("invalid_client", 7000272, "The certificate with identifier new-key", "https://issuer.example")
def an_assertion_by_a_key_that_is_not_published():
    return asserting(federated(kid="new-key"))


@refusal("invalid_client", 700024, "Client assertion is not within its valid time range.")
def an_assertion_of_yesterday():
    return asserting(federated(exp=int(time.time()) - 86400))


@refusal("invalid_client", 50027, "No certificate thumbprint specified")
def an_assertion_that_nobody_signed():
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": f"{AUTHORITY}/oauth2/v2.0/token", "exp": 4_000_000_000}
    return asserting(jwt.encode(claims, None, algorithm="none"))


# Resources

@refusal("invalid_resource", 500011, "The resource principal named https://digitaltwins.azure.net was not found in the tenant")
def a_resource_that_the_tenant_does_not_have():
    return silently(then=lambda: settings(twins_principal_missing=True))


@refusal("invalid_scope", 28000, "contains more than one resource")
def two_resources_at_once():
    application, both = web(), [IMPERSONATE, READ]
    flow = application.initiate_auth_code_flow(scopes=both, redirect_uri=CALLBACK)
    return application.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"], NINA), scopes=both)


# On behalf of

@refusal("invalid_grant", 50013, "Assertion failed signature validation")
def on_behalf_of_a_forgery():
    return web().acquire_token_on_behalf_of("e30.e30.e30", [ARM])


@refusal("invalid_grant", 500131, "Assertion audience does not match")
def on_behalf_of_a_token_for_somebody_else():
    return web().acquire_token_on_behalf_of(redeemed(web(), NINA)["access_token"], [ARM])


@refusal("invalid_grant", 500133, "not within its valid time range")
def on_behalf_of_yesterday():
    incoming = redeemed(web(), NINA, scopes=[OWN])["access_token"]
    later(86400)
    return web().acquire_token_on_behalf_of(incoming, [ARM])


# Devices

def with_device(then):
    application = msal.PublicClientApplication(AZURE_CLI, authority=AUTHORITY)
    flow = application.initiate_device_flow([ARM])
    then(flow)
    return application.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)


@refusal("authorization_pending", 70016, "Authorization is pending")
def nobody_has_typed_the_code_yet():
    return with_device(lambda flow: None)


@refusal("authorization_declined", 65004, "declined")
def the_person_at_the_device_says_no():
    return with_device(lambda flow: approve_device(flow["verification_uri"], flow["user_code"], NINA, decline="yes"))


@refusal("expired_token", 70019, "has expired")
def the_code_was_typed_too_late():
    return with_device(lambda flow: later(901))


@refusal("bad_verification_code", 70018, "invalid")
def a_device_code_of_nobodys():
    return with_device(lambda flow: flow.update(device_code="x"))


class EntraErrors(Case):
    def test_every_refusal_has_its_number(self):
        for ask, error, number, words, suberror, claims in ROWS:
            with self.subTest(ask.__name__, number=number):
                self.setUp()
                found = ask()
                # (In a redirect there is only the description.)
                numbers = found.get("error_codes") or [int(found["error_description"][6:].split(":")[0])]
                self.assertEqual((found["error"], numbers, found.get("suberror")), (error, [number], suberror))
                for word in words:
                    self.assertIn(word, found["error_description"])
                self.assertIn("Trace ID: ", found["error_description"])
                self.assertEqual("claims" in found, claims)
                if claims:
                    self.assertIn("access_token", json.loads(found["claims"]))

    def test_some_refusals_stay_on_the_page(self):
        def assigned():
            settings(assignment_required=True)

        def blocked():
            admin("POST", "/people/nina@contoso.com/block")

        def administered():
            admin("POST", "/consent", {"withdraw": ["GroupMember.Read.All"]})

        pages = [(50105, assigned, {}), (53003, blocked, {}), (90094, administered, {"scopes": ["GroupMember.Read.All"]})]
        for number, prepare, more in pages:
            with self.subTest(number):
                self.setUp()
                prepare()
                with self.assertRaisesRegex(Page, str(number)):
                    redeemed(web(), NINA, **more)
        application = web()
        flow = application.initiate_auth_code_flow(scopes=[IMPERSONATE], redirect_uri="http://localhost:1/elsewhere")
        with self.assertRaisesRegex(Page, "50011"):
            sign_in(flow["auth_uri"], NINA)

    def test_a_tenant_that_there_is_not(self):
        with self.assertRaisesRegex(ValueError, "90002|Unable to get authority configuration|invalid_tenant"):
            web(authority=f"{LOGIN}/00000000-0000-4000-8000-00000000ffff").acquire_token_for_client([ARM])


class IdentityErrors(Case):
    """The same by azure-identity."""

    def test_refusals_are_authentication_errors(self):
        own = redeemed(web(), NINA, scopes=[OWN])["access_token"]
        rows = [
            ("AADSTS7000215", ClientSecretCredential(TENANT, CLIENT, "wrong"), ARM),
            ("AADSTS700016", ClientSecretCredential(TENANT, "00000000-0000-4000-8000-000000000000", "x"), ARM),
            ("AADSTS1002012", ClientSecretCredential(TENANT, CLIENT, SECRET), IMPERSONATE),
            ("AADSTS90002|authority|tenant", ClientSecretCredential("00000000-0000-4000-8000-00000000ffff", CLIENT, SECRET), ARM),
            ("AADSTS700027", CertificateCredential(TENANT, CLIENT, certificate_data=certificate()), ARM),
            ("AADSTS700212", ClientAssertionCredential(TENANT, CLIENT, lambda: federated(aud="api://other")), ARM),
            ("AADSTS50027", ClientAssertionCredential(TENANT, CLIENT, lambda: "nonsense"), ARM),
            ("AADSTS50013", OnBehalfOfCredential(TENANT, CLIENT, client_secret=SECRET, user_assertion="e30.e30.e30"), ARM),
            ("AADSTS7000215", OnBehalfOfCredential(TENANT, CLIENT, client_secret="wrong", user_assertion=own), ARM),
        ]
        for number, credential, scope in rows:
            with self.subTest(number), credential:
                with self.assertRaisesRegex(ClientAuthenticationError, number) as caught:
                    credential.get_token(scope)
                self.assertIs(type(caught.exception), ClientAuthenticationError)

    def test_on_behalf_of_somebody_who_has_lost_access(self):
        own = redeemed(web(), NINA, scopes=[OWN])["access_token"]
        admin("POST", "/people/nina@contoso.com/require-mfa")
        with OnBehalfOfCredential(TENANT, CLIENT, client_secret=SECRET, user_assertion=own) as credential:
            with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS50076") as caught:
                credential.get_token(TWINS)
        self.assertIn("access_token", json.loads(caught.exception.response.internal_response.json()["claims"]))

    def test_credentials_that_have_nothing_to_show(self):
        with self.assertRaisesRegex(CredentialUnavailableError, "EnvironmentCredential authentication unavailable"):
            EnvironmentCredential().get_token(ARM)
        silent = DeviceCodeCredential(tenant_id=TENANT, disable_automatic_authentication=True)
        with silent, self.assertRaises(AuthenticationRequiredError) as caught:
            silent.get_token(ARM)
        self.assertEqual(caught.exception.scopes, (ARM,))
        chain = ChainedTokenCredential(EnvironmentCredential(), ClientSecretCredential(TENANT, CLIENT, "wrong"))
        with chain, self.assertRaisesRegex(ClientAuthenticationError, "AADSTS7000215"):
            chain.get_token(ARM)

    def test_a_device_that_nobody_comes_to(self):
        prompted = []

        def decline(uri, code, _):
            prompted.append(code)
            approve_device(uri, code, OLIVIA, decline="yes")

        with DeviceCodeCredential(prompt_callback=decline, tenant_id=TENANT) as credential:
            with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS65004"):
                credential.get_token(ARM)
        self.assertEqual(len(prompted), 1)

    def test_a_credential_whose_person_was_revoked(self):
        credential = Signed(NINA)
        credential.get_token(ARM)
        admin("POST", "/people/nina@contoso.com/revoke")
        with self.assertRaisesRegex(ClientAuthenticationError, "50173"):
            credential.get_token(READ)


if __name__ == "__main__":
    unittest.main()
