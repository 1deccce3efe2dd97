"""An instance from nothing to nothing, as Microsoft's management packages do it."""

import unittest
import uuid

from simulated import DATA_OWNER, DEVELOPMENT, NINA, OLIVIA, PRODUCTION, Signed, admin, fresh

from azure.core.exceptions import (ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError)
from azure.digitaltwins.core import DigitalTwinsClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.digitaltwins import AzureDigitalTwinsManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

GROUP, NAME = "rg-sdk", "sdk-twins"
SCOPE = f"/subscriptions/{PRODUCTION}/resourceGroups/{GROUP}"
OPTIONS = {"retry_total": 2, "retry_backoff_factor": 0, "polling_interval": 0}


class Managing(unittest.TestCase):
    def setUp(self):
        fresh()
        self.olivia = Signed(OLIVIA)
        self.groups, self.twins, self.access = self.clients(self.olivia)

    def clients(self, credential, subscription=PRODUCTION):
        found = [kind(credential, subscription, **OPTIONS)
                 for kind in (ResourceManagementClient, AzureDigitalTwinsManagementClient, AuthorizationManagementClient)]
        for client in found:
            self.addCleanup(client.close)
        return found

    def create(self):
        self.groups.resource_groups.create_or_update(GROUP, {"location": "westeurope", "tags": {"by": "sdk"}})
        return self.twins.digital_twins.begin_create_or_update(
            GROUP, NAME, {"location": "westeurope", "identity": {"type": "SystemAssigned"}}).result()

    def refused(self, kind, code, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertEqual(caught.exception.error.code, code, caught.exception.message)
        return caught.exception

    def test_create_grant_use_and_delete(self):
        self.assertTrue(self.twins.digital_twins.check_name_availability("westeurope", {
            "name": NAME, "type": "Microsoft.DigitalTwins/digitalTwinsInstances"}).name_available)
        made = self.create()
        self.assertEqual((made.name, made.provisioning_state), (NAME, "Succeeded"))
        self.assertRegex(made.host_name, r"^sdk-twins\.api\.weu\.digitaltwins\.azure\.net$")
        self.assertTrue(uuid.UUID(made.identity.principal_id))
        got = self.twins.digital_twins.get(GROUP, NAME)
        self.assertEqual((got.id, got.host_name), (made.id, made.host_name))
        self.assertIn(NAME, [row.name for row in self.twins.digital_twins.list_by_resource_group(GROUP)])
        self.assertIn(NAME, [row.name for row in self.twins.digital_twins.list()])

        data = DigitalTwinsClient(f"https://{made.host_name}", self.olivia)
        with self.assertRaises(HttpResponseError) as caught:
            list(data.list_models())
        self.assertEqual(caught.exception.status_code, 403)
        role = f"/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{DATA_OWNER}"
        row = self.access.role_assignments.create(made.id, str(uuid.uuid4()), {
            "role_definition_id": role, "principal_id": OLIVIA, "principal_type": "User"})
        self.assertEqual((row.scope.lower(), row.principal_type), (made.id.lower(), "User"))
        listed = list(self.access.role_assignments.list_for_scope(made.id, filter="atScope()"))
        self.assertIn(row.name, [other.name for other in listed])
        self.assertEqual(list(data.list_models()), [])
        self.assertEqual(list(data.query_twins("SELECT * FROM digitaltwins")), [])

        model = {"@id": "dtmi:sdk:Room;1", "@type": "Interface", "@context": "dtmi:dtdl:context;2"}
        self.assertEqual([row.id for row in data.create_models([model])], ["dtmi:sdk:Room;1"])
        data.upsert_digital_twin("room", {"$metadata": {"$model": "dtmi:sdk:Room;1"}})
        self.assertEqual(data.get_digital_twin("room")["$dtId"], "room")

        self.access.role_assignments.delete(made.id, row.name)
        self.refused(ResourceNotFoundError, "RoleAssignmentNotFound", lambda: self.access.role_assignments.get(made.id, row.name))
        changed = self.twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "b"}}).result()
        self.assertEqual(changed.tags, {"a": "b"})
        self.twins.digital_twins.begin_delete(GROUP, NAME).result()
        self.refused(ResourceNotFoundError, "ResourceNotFound", lambda: self.twins.digital_twins.get(GROUP, NAME))
        self.groups.resource_groups.begin_delete(GROUP).result()
        self.assertFalse(self.groups.resource_groups.check_existence(GROUP))

    def test_what_arm_refuses_is_a_typed_error(self):
        made = self.create()
        with self.assertRaises(HttpResponseError) as caught:
            self.twins.digital_twins.begin_create_or_update(GROUP, "elsewhere", {"location": "westus"}).result()
        self.assertEqual(caught.exception.error.code, "LocationNotAvailableForResourceType")
        nina = self.clients(Signed(NINA))
        self.refused(HttpResponseError, "AuthorizationFailed", lambda: nina[1].digital_twins.get(GROUP, NAME))
        role = f"/subscriptions/{PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/{DATA_OWNER}"
        wanted = {"role_definition_id": role, "principal_id": NINA, "principal_type": "User"}
        self.access.role_assignments.create(made.id, str(uuid.uuid4()), wanted)
        self.refused(ResourceExistsError, "RoleAssignmentExists",
                     lambda: self.access.role_assignments.create(made.id, str(uuid.uuid4()), wanted))
        self.refused(HttpResponseError, "PrincipalNotFound", lambda: self.access.role_assignments.create(
            made.id, str(uuid.uuid4()), {**wanted, "principal_id": str(uuid.uuid4())}))
        development = self.clients(self.olivia, DEVELOPMENT)
        self.refused(HttpResponseError, "AuthorizationFailed",
                     lambda: development[0].resource_groups.create_or_update("rg-x", {"location": "westeurope"}))

    def test_a_failed_operation_and_a_busy_service(self):
        self.groups.resource_groups.create_or_update(GROUP, {"location": "westeurope"})
        admin("PATCH", "/settings", {"lro_outcome": {"status": "Failed", "code": "InternalError", "message": "It broke."}})
        poller = self.twins.digital_twins.begin_create_or_update(GROUP, NAME, {"location": "westeurope"})
        with self.assertRaises(HttpResponseError):
            poller.result()
        self.assertEqual(poller.status(), "Failed")
        admin("POST", "/faults", {"method": "GET", "path": "/resourcegroups", "status": 429, "retry_after": 0, "times": 2})
        self.assertIn(GROUP, [row.name for row in self.groups.resource_groups.list()])
        self.assertEqual(admin("GET", "/faults")[0]["times"], 0, "the package tried again by itself")

    def test_a_revoked_session_is_challenged(self):
        list(self.groups.resource_groups.list())
        admin("POST", "/faults", {"service": "arm", "times": 9, "claims": {
            "access_token": {"acrs": {"essential": True, "values": ["p1"]}}}})
        with self.assertRaises((ClientAuthenticationError, RuntimeError)) as caught:
            list(self.groups.resource_groups.list())
        # The package handed the claims to the credential, and Entra wants the person for them.
        self.assertIn("50076", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
