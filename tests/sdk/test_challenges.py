"""Answers that a package deals with by itself: challenges for claims, throttling, failed and slow operations, lost
connections, a provider that is not registered."""

import base64
import json
import unittest
from unittest import mock

from clients import Case, Patient
from people import Signed
from simulated import DEVELOPMENT, INSTANCES, OLIVIA, PAUL, admin, calls, later, settings

from azure.core.exceptions import (ClientAuthenticationError, HttpResponseError, ServiceRequestError, ServiceResponseTimeoutError)

GROUP, NAME = "rg-factory", "factory-floor"
P1 = {"access_token": {"acrs": {"essential": True, "values": ["p1"]}}}


def claims_of(problem):
    """The claims that the challenge behind an error asks for."""
    header = problem.response.headers["WWW-Authenticate"]
    return json.loads(base64.b64decode(header.split('claims="')[1].split('"')[0]))


class Challenges(Case):
    def test_a_revoked_session_ends_at_once_for_a_client_that_says_cp1(self):
        credential = Signed(OLIVIA, ["CP1"])
        olivia = self.clients(credential)
        self.assertEqual(olivia.twins.digital_twins.get(GROUP, NAME).name, NAME)
        admin("POST", "/people/olivia@contoso.com/revoke")
        # The package takes the claims to the credential, and Entra does not renew what is revoked.
        with self.assertRaises(ClientAuthenticationError) as caught:
            olivia.twins.digital_twins.get(GROUP, NAME)
        refused = json.loads(caught.exception.message)
        self.assertEqual((refused["error"], refused["error_codes"]), ("invalid_grant", [50173]))
        challenge = caught.exception.__cause__
        self.assertEqual((challenge.status_code, challenge.error.code), (401, "InvalidAuthenticationToken"))
        claims = claims_of(challenge)
        self.assertIs(claims["access_token"]["nbf"]["essential"], True)
        credential.sign_in(OLIVIA, claims_challenge=json.dumps(claims))
        self.assertEqual(olivia.twins.digital_twins.get(GROUP, NAME).name, NAME)

    def test_without_cp1_an_access_token_outlives_its_session(self):
        olivia = self.clients(OLIVIA)
        olivia.twins.digital_twins.get(GROUP, NAME)
        admin("POST", "/people/olivia@contoso.com/revoke")
        self.assertEqual(olivia.twins.digital_twins.get(GROUP, NAME).name, NAME)

    def test_writing_may_need_a_second_factor_which_the_package_asks_the_credential_for(self):
        settings(mfa_for_writes=True)
        credential = Signed(OLIVIA)
        olivia = self.clients(credential)
        self.assertEqual(olivia.twins.digital_twins.get(GROUP, NAME).name, NAME, "reading does not")
        tag = lambda: olivia.twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "b"}}).result()
        with self.assertRaises(ClientAuthenticationError) as caught:
            tag()
        refused = json.loads(caught.exception.message)
        self.assertEqual((refused["error"], refused["error_codes"], refused["suberror"]),
                         ("interaction_required", [50076], "basic_action"))
        self.assertEqual(json.loads(refused["claims"]), P1)
        challenge = caught.exception.__cause__
        self.assertEqual((challenge.status_code, challenge.error.code), (401, "RequestDisallowedByPolicy"))
        self.assertIn("MFA is required", challenge.error.message)
        self.assertEqual(claims_of(challenge), P1)
        credential.sign_in(OLIVIA, claims_challenge=refused["claims"])
        self.assertEqual(tag().tags, {"a": "b"})

    def test_who_has_shown_a_second_factor_does_not_notice(self):
        admin("POST", "/people/olivia@contoso.com/require-mfa")
        credential = Signed(OLIVIA)
        settings(mfa_for_writes=True)
        admin("DELETE", "/calls")
        changed = self.clients(credential).twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "b"}}).result()
        self.assertEqual(changed.tags, {"a": "b"})
        self.assertEqual(calls("PATCH", NAME), 2)
        self.assertGreaterEqual(calls("POST", "/oauth2/v2.0/token"), 1)

    def test_a_network_policy_is_a_challenge_too(self):
        claims = {"access_token": {"nbf": {"essential": True, "value": "1"}, "xms_rp_ipaddr": {"value": "1.2.3.4"}}}
        admin("POST", "/faults", {"service": "arm", "claims": claims})
        asked = []

        class Listening(Signed):
            def get_token(self, *scopes, **options):
                asked.append(options.get("claims"))
                return super().get_token(*scopes, **options)

        self.assertEqual(self.clients(Listening(OLIVIA)).twins.digital_twins.get(GROUP, NAME).name, NAME)
        self.assertEqual([claim and json.loads(claim) for claim in asked], [None, claims])


class Throttling(Case):
    def test_a_package_waits_as_long_as_it_is_told_to(self):
        settings(bucket_reads=1, refill_reads=0.2)
        transport = Patient()
        olivia = self.clients(OLIVIA, transport=transport)
        for _ in range(2):
            self.assertEqual(olivia.twins.digital_twins.get(GROUP, NAME).name, NAME)
        self.assertEqual(transport.slept, [5])

    def test_one_that_does_not_wait_is_told_how_long_it_would_be(self):
        settings(bucket_reads=1, refill_reads=0.2)
        olivia = self.clients(OLIVIA, retry_total=0)
        olivia.resources.resource_groups.get(GROUP)
        problem = self.refused(lambda: olivia.resources.resource_groups.get(GROUP), HttpResponseError, 429, "TooManyRequests",
                               "after '5' seconds")
        self.assertEqual(problem.response.headers["Retry-After"], "5")

    def test_resource_graph_has_a_quota_of_its_own(self):
        settings(bucket_queries=1)
        olivia = self.clients(OLIVIA, retry_total=0)
        query = {"query": "Resources | project name"}
        olivia.graph.resources(query)
        problem = self.refused(lambda: olivia.graph.resources(query), HttpResponseError, 429, "RateLimiting")
        self.assertEqual(problem.response.headers["x-ms-user-quota-resets-after"], "00:00:05")


class Operations(Case):
    def test_an_operation_is_polled_as_often_as_it_says(self):
        settings(lro_seconds=34, retry_after=10)
        transport = Patient()
        olivia = self.clients(OLIVIA, transport=transport, polling_interval=30)
        poller = olivia.twins.digital_twins.begin_create_or_update(GROUP, "slow", {"location": "westeurope"})
        made = poller.result()
        self.assertEqual((poller.status(), made.provisioning_state), ("Succeeded", "Succeeded"))
        self.assertTrue(made.host_name)
        self.assertEqual(transport.slept, [30, 30], "the status of such an operation names no time")
        olivia.resources.resource_groups.begin_delete("rg-twins").result()
        self.assertEqual(transport.slept[2:], [10, 10, 10, 10])

    def test_a_token_that_ends_while_an_operation_runs_is_told_so(self):
        settings(lro_seconds=7200)
        olivia = self.clients(OLIVIA)
        poller = olivia.twins.digital_twins.begin_create_or_update(GROUP, "slow", {"location": "westeurope"}, polling=False)
        poller.result()
        later(3700)
        self.refused(lambda: olivia.twins.digital_twins.get(GROUP, "slow"), ClientAuthenticationError, 401,
                     "ExpiredAuthenticationToken")

    def test_an_operation_that_fails_or_is_cancelled_is_an_error(self):
        for status in ["Failed", "Canceled"]:
            with self.subTest(status):
                self.setUp()
                settings(lro_outcome={"status": status, "code": "InternalError", "message": "It broke."})
                poller = self.clients(OLIVIA).twins.digital_twins.begin_create_or_update(GROUP, "bad", {"location": "westeurope"})
                with self.assertRaisesRegex(HttpResponseError, "It broke."):
                    poller.result()
                self.assertEqual(poller.status(), status)

    def test_a_package_registers_the_provider_by_itself(self):
        settings(registration_seconds=15)
        paul = self.clients(PAUL, DEVELOPMENT)
        slept = []
        with mock.patch("time.sleep", lambda seconds: (slept.append(seconds), later(seconds))):
            # (Only where it reads the answer at once; the first answer of a long operation it does not.)
            found = paul.twins.digital_twins.check_name_availability("northeurope", {"name": "first", "type": INSTANCES})
        self.assertEqual((found.name_available, slept), (True, [10, 10]))
        provider = paul.resources.providers.get("Microsoft.DigitalTwins")
        self.assertEqual(provider.registration_state, "Registered")


class Connections(Case):
    def test_what_is_read_is_read_again(self):
        faults = [{"status": 429, "retry_after": 0}, {"status": 503}, {"status": 504}, {"drop": "before"}, {"truncate": 20}]
        for fault in faults:
            with self.subTest(fault):
                self.setUp()
                admin("POST", "/faults", {"method": "GET", "path": INSTANCES, "times": 2, **fault})
                self.assertEqual(self.clients(OLIVIA).twins.digital_twins.get(GROUP, NAME).name, NAME)
                self.assertEqual(admin("GET", "/faults")[0]["times"], 0)

    def test_what_lasts_is_an_error(self):
        for status, code in [(500, "InternalServerError"), (502, "BadGateway"), (503, "ServiceUnavailable"), (504, "GatewayTimeout")]:
            with self.subTest(status):
                self.setUp()
                admin("POST", "/faults", {"path": INSTANCES, "times": 9, "status": status})
                olivia = self.clients(OLIVIA)
                self.refused(lambda: olivia.twins.digital_twins.get(GROUP, NAME), HttpResponseError, status, code)

    def test_an_answer_that_does_not_come(self):
        olivia = self.clients(OLIVIA, retry_total=0, read_timeout=0.3)
        # (urllib3 takes a connection that ends for a fault of the proxy.)
        for kind, drop in [(ServiceRequestError, "after"), (ServiceResponseTimeoutError, "silence")]:
            with self.subTest(drop):
                admin("POST", "/faults", {"method": "PUT", "path": INSTANCES, "drop": drop})
                with self.assertRaises(kind):
                    olivia.twins.digital_twins.begin_create_or_update(GROUP, f"un-{drop}", {"location": "westeurope"})
                self.assertEqual(olivia.twins.digital_twins.get(GROUP, f"un-{drop}").name, f"un-{drop}", "it was done all the same")

    def test_a_host_that_cannot_be_reached(self):
        # (The proxy leads to Azure's hosts and to no others.)
        with self.assertRaises(ServiceRequestError):
            self.clients(OLIVIA, base_url="https://management.example", retry_total=0).twins.digital_twins.get(GROUP, NAME)
        with self.assertRaisesRegex(ServiceRequestError, "not permitted for non-TLS"):
            self.clients(OLIVIA, base_url="http://management.azure.com").twins.digital_twins.get(GROUP, NAME)


if __name__ == "__main__":
    unittest.main()
