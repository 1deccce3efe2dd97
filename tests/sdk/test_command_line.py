"""Azure's command line: what an administrator does with it by a device code, and a robot with a secret or a certificate.

`az graph` is an extension that is on PyPI; `az dt` is one that is not: what it calls is called by `az resource` and `az rest`.
"""

import json
import os
import re
import subprocess
import tempfile
import unittest
from unittest import mock

from clients import Case
from keys import CERTIFICATE
from people import approve_device
from simulated import (ARM, DATA_OWNER, DATA_READER, FACTORY, FACTORY_GROUP, FACTORY_SYNC, INSTANCES, NINA, OLIVIA, PRODUCTION, READER,
                       ROBOT, ROBOT_SECRET, SUBNET, TENANT, admin, role, settings)

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureCliCredential, CredentialUnavailableError

AZ = os.path.abspath(".venv-az")
MANAGEMENT = "https://management.azure.com"
GROUP = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-az"


class CommandLine(Case):
    @classmethod
    def setUpClass(cls):
        # One folder for all, so that the list of commands is made once.
        folder = tempfile.TemporaryDirectory(prefix="az-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.environment = {
            **os.environ, "PATH": f"{AZ}/bin:{os.environ['PATH']}", "AZURE_CONFIG_DIR": folder.name,
            "AZURE_EXTENSION_DIR": f"{AZ}/extensions", "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_CORE_LOGIN_EXPERIENCE_V2": "false", "AZURE_CORE_NO_COLOR": "true", "AZURE_CORE_ENCRYPT_TOKEN_CACHE": "false"}

    def run_az(self, *words):
        return subprocess.run(["az", *words, "--output", "json"], env=self.environment, text=True, capture_output=True, timeout=300)

    def az(self, *words):
        done = self.run_az(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def az_refused(self, status, *words):
        done = self.run_az(*words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr

    def rest(self, method, path, version, body=None):
        more = ["--body", json.dumps(body)] if body is not None else []
        return self.az("rest", "--method", method, "--url", f"{MANAGEMENT}{path}?api-version={version}", *more)

    def log_in(self, who=OLIVIA, status=0):
        """The accounts, or what is said instead."""
        with subprocess.Popen(["az", "login", "--use-device-code", "--tenant", TENANT, "--output", "json"], env=self.environment,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as login:
            told = ""
            for line in login.stderr:
                told += line
                if found := re.search(r"open the page (\S+) and enter the code (\S+)", line):
                    approve_device(found[1], found[2], who)
                    break
            rest, problems = login.communicate(timeout=300)
        self.assertEqual(login.returncode, status, told + problems)
        return problems if status else json.loads(rest)

    def test_what_an_administrator_does(self):
        # To show names where there are ids.
        admin("POST", "/consent", {"grant": ["Directory.Read.All"]})
        self.assertEqual([(row["id"], row["state"], row["user"]["name"]) for row in self.log_in()],
                         [(PRODUCTION, "Enabled", "olivia@contoso.com")])
        self.assertEqual(self.az("provider", "show", "--namespace", "Microsoft.DigitalTwins")["registrationState"], "Registered")

        self.assertEqual(self.az("group", "create", "--name", "rg-az", "--location", "westeurope", "--tags", "by=az")["id"], GROUP)
        self.assertIs(self.az("group", "exists", "--name", "rg-az"), True)
        self.assertEqual([row["name"] for row in self.az("group", "list", "--tag", "by=az")], ["rg-az"])

        made = self.az("resource", "create", "--resource-group", "rg-az", "--name", "az-twins", "--resource-type", INSTANCES,
                       "--api-version", "2023-01-31", "--location", "westeurope", "--properties", "{}")
        self.assertEqual((made["id"], made["properties"]["provisioningState"]), (f"{GROUP}/providers/{INSTANCES}/az-twins", "Succeeded"))
        self.assertEqual(self.az("resource", "show", "--ids", made["id"])["properties"]["hostName"],
                         "az-twins.api.weu.digitaltwins.azure.net")

        row = self.az("role", "assignment", "create", "--role", "Azure Digital Twins Data Owner", "--assignee-object-id", NINA,
                      "--assignee-principal-type", "User", "--scope", made["id"], "--description", "request 42")
        self.assertEqual((row["principalId"], row["description"]), (NINA, "request 42"))
        self.assertTrue(row["roleDefinitionId"].endswith(DATA_OWNER))
        listed = self.az("role", "assignment", "list", "--scope", made["id"])
        self.assertEqual([(found["name"], found["principalName"], found["roleDefinitionName"]) for found in listed],
                         [(row["name"], "nina@contoso.com", "Azure Digital Twins Data Owner")])
        self.az("role", "assignment", "delete", "--assignee", "nina@contoso.com", "--role", DATA_OWNER, "--scope", made["id"])
        self.assertEqual(self.az("role", "assignment", "list", "--scope", made["id"]), [])

        identity = self.az("identity", "create", "--resource-group", "rg-az", "--name", "id-az", "--location", "westeurope")
        self.assertEqual(identity["tenantId"], TENANT)
        self.assertEqual([found["principalId"] for found in self.az("identity", "list", "--resource-group", "rg-az")],
                         [identity["principalId"]])
        worn = self.rest("patch", made["id"], "2023-01-31",
                         {"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}})
        self.assertEqual([found["principalId"] for found in worn["identity"]["userAssignedIdentities"].values()],
                         [identity["principalId"]])
        self.az("identity", "delete", "--ids", identity["id"])
        self.assertEqual(self.az("identity", "list", "--resource-group", "rg-az"), [])

        self.az("resource", "delete", "--ids", made["id"])
        self.assertIn("was not found", self.az_refused(3, "resource", "show", "--ids", made["id"]))
        self.az("group", "delete", "--name", "rg-az", "--yes")
        self.assertIs(self.az("group", "exists", "--name", "rg-az"), False)

    def test_around_an_instance_and_what_there_is_no_command_for(self):
        self.assertIn("No subscriptions found", self.log_in(NINA, status=1))
        self.log_in()
        made = self.az("network", "private-endpoint", "create", "--resource-group", "rg-factory", "--name", "pe-az", "--subnet", SUBNET,
                       "--private-connection-resource-id", FACTORY, "--group-id", "API", "--connection-name", "adt")
        self.assertEqual(made["privateLinkServiceConnections"][0]["privateLinkServiceConnectionState"]["status"], "Approved")
        lock = self.az("lock", "create", "--name", "keep", "--lock-type", "CanNotDelete", "--resource-group", "rg-factory")
        self.assertEqual(lock["level"], "CanNotDelete")
        self.assertIn("(ScopeLocked)", self.az_refused(1, "group", "delete", "--name", "rg-factory", "--yes"))
        self.az("lock", "delete", "--ids", lock["id"])
        events = self.az("monitor", "activity-log", "list", "--resource-group", "rg-factory", "--offset", "1h")
        self.assertIn(("Microsoft.Authorization/locks/write", "olivia@contoso.com"),
                      {(row["operationName"]["value"], row["caller"]) for row in events})

        query = "resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' | project name"
        self.assertEqual(self.az("graph", "query", "--graph-query", query)["data"], [{"name": "factory-floor"}])
        name = "90000000-0000-4000-8000-000000000001"
        made = self.rest("put", f"{FACTORY}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{name}", "2020-10-01", {
            "properties": {"principalId": NINA, "roleDefinitionId": role(DATA_READER), "requestType": "AdminAssign",
                           "justification": "request 42",
                           "scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "P30D"}}}})
        self.assertEqual((made["name"], made["properties"]["status"]), (name, "Provisioned"))
        self.assertEqual(self.az("rest", "--url", "https://graph.microsoft.com/v1.0/me")["id"], OLIVIA)

        for status, code, words in [
            (3, "ResourceGroupNotFound", ["group", "show", "--name", "rg-none"]),
            (1, "LocationNotAvailableForResourceType", [
                "resource", "create", "--resource-group", "rg-factory", "--name", "west", "--resource-type", INSTANCES, "--api-version",
                "2023-01-31", "--location", "westus", "--properties", "{}"]),
            (1, "InvalidResourceGroupLocation", ["group", "create", "--name", "rg-factory", "--location", "northeurope"]),
        ]:
            with self.subTest(code):
                self.assertIn(f"({code})", self.az_refused(status, *words))

    def test_a_second_factor_and_a_revoked_session(self):
        self.log_in()
        settings(mfa_for_writes=True)
        told = self.az_refused(1, "group", "create", "--name", "rg-az", "--location", "westeurope")
        self.assertIn("AADSTS50076", told)
        self.assertRegex(told, r"az login .*--claims-challenge")
        admin("POST", "/people/olivia@contoso.com/revoke")
        self.assertIn("AADSTS50173", self.az_refused(1, "group", "list"))
        self.log_in()
        self.assertIn("rg-factory", [row["name"] for row in self.az("group", "list")])

    def test_a_robot(self):
        admin("POST", "/role-assignments", {"principal": FACTORY_SYNC, "role": READER, "scope": FACTORY_GROUP})
        told = self.az_refused(1, "login", "--service-principal", "--username", ROBOT, "--password", "wrong", "--tenant", TENANT)
        self.assertIn("AADSTS7000215", told)
        found = self.az("login", "--service-principal", "--username", ROBOT, "--password", ROBOT_SECRET, "--tenant", TENANT)
        self.assertEqual([(row["id"], row["user"]) for row in found], [(PRODUCTION, {"name": ROBOT, "type": "servicePrincipal"})])
        self.assertEqual(self.az("resource", "show", "--ids", FACTORY)["name"], "factory-floor")
        self.assertIn("(AuthorizationFailed)", self.az_refused(1, "resource", "tag", "--ids", FACTORY, "--tags", "a=b"))
        path = os.path.join(self.folder, "robot.pem")
        with open(path, "wb") as file:
            file.write(CERTIFICATE)
        found = self.az("login", "--service-principal", "--username", ROBOT, "--certificate", path, "--tenant", TENANT)
        self.assertEqual(found[0]["user"]["name"], ROBOT)

    def test_the_packages_use_its_sign_in(self):
        self.run_az("account", "clear")
        with mock.patch.dict(os.environ, self.environment):
            with self.assertRaisesRegex(CredentialUnavailableError, "az login"):
                AzureCliCredential().get_token(ARM)
            self.log_in()
            with AzureCliCredential(process_timeout=60) as credential:
                found = self.clients(credential).twins.digital_twins.get("rg-factory", "factory-floor")
                self.assertEqual(found.id, FACTORY)
                admin("POST", "/people/olivia@contoso.com/block")
                with self.assertRaisesRegex(ClientAuthenticationError, "AADSTS53003"):
                    credential.get_token("https://digitaltwins.azure.net/.default")


if __name__ == "__main__":
    unittest.main()
