"""An instance from nothing to nothing, as Microsoft's packages do it, and the groups and deployments around it."""

import unittest
import uuid

from clients import Case
from simulated import (DATA_OWNER, DEVELOPMENT, FACTORY, FACTORY_GROUP, INSTANCES, NINA, OLIVIA, PAUL, PRODUCTION, READER, SUBNET,
                       TENANT, admin, role, settings)

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.digitaltwins.core import DigitalTwinsClient
from azure.mgmt.digitaltwins.models import DigitalTwinsEndpointResource, EventHub, ManagedIdentityReference

GROUP, NAME = "rg-sdk", "sdk-twins"
HERE = {"location": "westeurope"}
SCOPE = f"/subscriptions/{PRODUCTION}/resourceGroups/{GROUP}"
ID = f"{SCOPE}/providers/{INSTANCES}/{NAME}"


class Story(Case):
    def test_create_equip_grant_use_and_delete(self):
        olivia = self.clients(OLIVIA)
        instances = olivia.twins.digital_twins
        group = olivia.resources.resource_groups.create_or_update(GROUP, {**HERE, "tags": {"by": "sdk"}})
        self.assertEqual((group.id, group.properties.provisioning_state), (SCOPE, "Succeeded"))
        self.assertTrue(instances.check_name_availability("westeurope", {"name": NAME, "type": INSTANCES}).name_available)

        settings(lro_polls=2)
        poller = instances.begin_create_or_update(GROUP, NAME, {**HERE, "tags": {"asked": "42"}})
        made = poller.result()
        self.assertEqual((poller.status(), made.id, made.provisioning_state), ("Succeeded", ID, "Succeeded"))
        self.assertEqual((made.host_name, made.tags, made.identity),
                         ("sdk-twins.api.weu.digitaltwins.azure.net", {"asked": "42"}, None))
        self.assertEqual((made.system_data.created_by, made.public_network_access), ("olivia@contoso.com", "Enabled"))
        got = instances.get(GROUP, NAME)
        self.assertEqual((got.id, got.host_name), (made.id, made.host_name))
        self.assertIn(NAME, [row.name for row in instances.list_by_resource_group(GROUP)])
        self.assertIn(NAME, [row.name for row in instances.list()])

        # An identity, which an endpoint may then use.
        endpoints = olivia.twins.digital_twins_endpoint
        hub = DigitalTwinsEndpointResource(properties=EventHub(
            authentication_type="IdentityBased", endpoint_uri="sb://hub.servicebus.windows.net/", entity_path="events",
            identity=ManagedIdentityReference(type="SystemAssigned")))
        self.refused(lambda: endpoints.begin_create_or_update(GROUP, NAME, "events", hub), HttpResponseError, 400, "BadRequest",
                     "identity")
        worn = instances.begin_update(GROUP, NAME, {"identity": {"type": "SystemAssigned"}}).result().identity
        self.assertEqual((worn.type, worn.tenant_id), ("SystemAssigned", TENANT))
        self.assertTrue(uuid.UUID(worn.principal_id))
        endpoint = endpoints.begin_create_or_update(GROUP, NAME, "events", hub).result()
        self.assertEqual((endpoint.properties.provisioning_state, endpoint.properties.authentication_type), ("Succeeded", "IdentityBased"))

        # Access to the data.
        data = DigitalTwinsClient(f"https://{made.host_name}", olivia.credential)
        with self.assertRaises(HttpResponseError) as caught:
            list(data.list_models())
        self.assertEqual((caught.exception.status_code, caught.exception.error), (403, None), "refused without a word")
        grants = olivia.access.role_assignments
        row = grants.create(ID, str(uuid.uuid4()), {
            "role_definition_id": role(DATA_OWNER), "principal_id": OLIVIA, "principal_type": "User", "description": "request 42"})
        self.assertEqual((row.scope, row.principal_type, row.description), (ID, "User", "request 42"))
        self.assertIn(row.name, [other.name for other in grants.list_for_scope(ID, filter="atScope()")])
        self.assertEqual([other.name for other in grants.list_for_scope(ID, filter=f"assignedTo('{OLIVIA}')") if other.scope == ID],
                         [row.name])
        self.assertEqual(grants.get(ID, row.name).created_by, OLIVIA)
        of_the_identity = grants.create(ID, str(uuid.uuid4()), {
            "role_definition_id": role(READER), "principal_id": worn.principal_id, "principal_type": "ServicePrincipal"})
        self.assertEqual(of_the_identity.principal_type, "ServicePrincipal")
        self.assertEqual(list(data.list_models()), [])

        # A private endpoint, after which the public network is closed.
        pe = {**HERE, "properties": {"subnet": {"id": SUBNET}, "privateLinkServiceConnections": [
            {"name": "adt", "properties": {"privateLinkServiceId": ID, "groupIds": ["API"]}}]}}
        private = olivia.networks.private_endpoints.begin_create_or_update(GROUP, "pe-sdk", pe).result()
        self.assertEqual(private.properties.private_link_service_connections[0].properties.private_link_service_connection_state.status,
                         "Approved")
        closed = instances.begin_update(GROUP, NAME, {"properties": {"publicNetworkAccess": "Disabled"}}).result()
        self.assertEqual((closed.public_network_access, len(closed.private_endpoint_connections)), ("Disabled", 1))
        with self.assertRaises(HttpResponseError) as caught:
            list(data.list_models())
        self.assertEqual(caught.exception.status_code, 403)

        # And back to nothing.
        self.assertEqual(grants.delete(ID, row.name).name, row.name)
        self.assertIsNone(grants.delete(ID, row.name), "deleting twice is no error")
        endpoints.begin_delete(GROUP, NAME, "events").result()
        olivia.networks.private_endpoints.begin_delete(GROUP, "pe-sdk").result()
        instances.begin_delete(GROUP, NAME).result()
        self.refused(lambda: instances.get(GROUP, NAME), ResourceNotFoundError, 404, "ResourceNotFound")
        self.assertEqual([other for other in grants.list_for_subscription() if other.scope == ID], [])
        olivia.resources.resource_groups.begin_delete(GROUP).result()
        self.assertFalse(olivia.resources.resource_groups.check_existence(GROUP))

    def test_tags_and_identities_are_patched_one_by_one(self):
        olivia = self.clients(OLIVIA)
        change = lambda body: olivia.twins.digital_twins.begin_update("rg-factory", "factory-floor", body).result()
        one, two = (olivia.identities.user_assigned_identities.create_or_update("rg-factory", name, HERE) for name in ("id-1", "id-2"))
        worn = {"identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {one.id: {}}}}
        first = change(worn)
        self.assertEqual([row.principal_id for row in first.identity.user_assigned_identities.values()], [one.principal_id])
        tagged = change({"tags": {"a": "b"}})
        self.assertEqual((tagged.tags, tagged.identity.principal_id), ({"a": "b"}, first.identity.principal_id))
        both = change({"identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {two.id: {}}}})
        self.assertEqual({row.principal_id for row in both.identity.user_assigned_identities.values()},
                         {one.principal_id, two.principal_id})
        none = change({"identity": {"type": "None"}})
        self.assertEqual((none.identity.type, none.identity.principal_id, none.tags), ("None", None, {"a": "b"}))


class Groups(Case):
    def test_a_group_from_nothing_to_nothing(self):
        groups = self.clients(OLIVIA).resources.resource_groups
        self.assertFalse(groups.check_existence(GROUP))
        groups.create_or_update(GROUP, {**HERE, "tags": {"team": "twins"}})
        self.assertTrue(groups.check_existence(GROUP))
        self.assertEqual([row.name for row in groups.list(filter="tagName eq 'team' and tagValue eq 'twins'")], [GROUP])
        self.assertEqual(groups.update(GROUP, {"tags": {"team": "other"}}).tags, {"team": "other"})
        groups.begin_delete(GROUP).result()
        self.refused(lambda: groups.get(GROUP), ResourceNotFoundError, 404, "ResourceGroupNotFound")

    def test_lists_come_in_pages(self):
        olivia = self.clients(OLIVIA)
        for n in range(5):
            olivia.resources.resource_groups.create_or_update(f"rg-page-{n}", HERE)
        settings(page_size=2)
        pages = list(olivia.resources.resource_groups.list().by_page())
        names = [row.name for page in pages for row in page]
        self.assertEqual(len(pages), 4)
        self.assertTrue({f"rg-page-{n}" for n in range(5)} <= set(names))

    def test_an_instance_moves_to_another_group(self):
        olivia = self.clients(OLIVIA)
        body = {"resources": [FACTORY], "targetResourceGroup": f"/subscriptions/{PRODUCTION}/resourceGroups/rg-twins"}
        olivia.resources.resources.begin_validate_move_resources("rg-factory", body).result()
        olivia.resources.resources.begin_move_resources("rg-factory", body).result()
        self.assertEqual(olivia.twins.digital_twins.get("rg-twins", "factory-floor").provisioning_state, "Succeeded")
        self.refused(lambda: olivia.twins.digital_twins.get("rg-factory", "factory-floor"), ResourceNotFoundError, 404, "ResourceNotFound")
        self.refused(lambda: olivia.resources.resources.begin_move_resources("rg-factory", body), ResourceExistsError, 409,
                     "ResourceMoveNotSupported")

    def test_a_provider_is_registered(self):
        settings(registration_polls=1)
        providers = self.clients(PAUL, DEVELOPMENT).resources.providers
        self.assertEqual(providers.get("Microsoft.DigitalTwins").registration_state, "NotRegistered")
        self.assertEqual(providers.register("Microsoft.DigitalTwins").registration_state, "Registering")
        states = [providers.get("Microsoft.DigitalTwins").registration_state for _ in range(2)]
        self.assertEqual(states, ["Registering", "Registered"])
        kind = providers.get("Microsoft.DigitalTwins").resource_types[0]
        self.assertEqual(kind.resource_type, "digitalTwinsInstances")
        self.assertIn("West Europe", kind.locations)

    def test_subscriptions_places_and_tenants(self):
        subscriptions = self.clients(OLIVIA).subscriptions
        self.assertEqual([row.subscription_id for row in subscriptions.subscriptions.list()], [PRODUCTION])
        self.assertEqual(list(self.clients(NINA).subscriptions.subscriptions.list()), [], "no role, no subscription")
        self.assertEqual(subscriptions.subscriptions.get(PRODUCTION).state, "Enabled")
        self.assertIn("westeurope", [row.name for row in subscriptions.subscriptions.list_locations(PRODUCTION)])
        self.assertEqual([row.tenant_id for row in subscriptions.tenants.list()], [TENANT])


def template(**body):
    return {"properties": {
        "mode": "Incremental", "parameters": {"name": {"value": NAME}},
        "template": {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
            "parameters": {"name": {"type": "string"}},
            "resources": [{"type": INSTANCES, "apiVersion": "2023-01-31", "name": "[parameters('name')]",
                           "location": "[resourceGroup().location]", **body}]}}}


class Deployments(Case):
    def test_a_template_is_tried_without_being_deployed(self):
        olivia = self.clients(OLIVIA)
        olivia.resources.resource_groups.create_or_update(GROUP, HERE)
        valid = olivia.deployments.deployments.begin_validate(GROUP, "try", template()).result()
        self.assertEqual((valid.properties.provisioning_state, [row.id for row in valid.properties.validated_resources]),
                         ("Succeeded", [ID]))
        found = olivia.deployments.deployments.begin_what_if(GROUP, "try", template(tags={"a": "b"})).result()
        change, = found.properties.changes
        self.assertEqual((found.status, change.change_type, change.resource_id), ("Succeeded", "Create", ID))
        olivia.twins.digital_twins.begin_create_or_update(GROUP, NAME, HERE).result()
        change, = olivia.deployments.deployments.begin_what_if(GROUP, "try", template(tags={"a": "b"})).result().properties.changes
        self.assertEqual((change.change_type, [(part.path, part.property_change_type) for part in change.delta]),
                         ("Modify", [("tags.a", "Create")]))

    def test_a_template_that_would_be_refused_says_why(self):
        olivia = self.clients(OLIVIA)
        for code, body in [("LocationNotAvailableForResourceType", {"location": "westus"}), ("RequestDisallowedByPolicy", {})]:
            with self.subTest(code):
                if code == "RequestDisallowedByPolicy":
                    admin("POST", "/policies", {
                        "display_name": "Tags", "scope": FACTORY_GROUP, "effect": "Deny",
                        "conditions": [{"field": "tags['owner']", "operator": "Exists", "value": False}]})
                problem = self.refused(
                    lambda: olivia.deployments.deployments.begin_validate("rg-factory", "try", template(**body)).result(),
                    HttpResponseError, 400, "InvalidTemplateDeployment", "See inner errors for details.")
                self.assertEqual([row.code for row in problem.error.details], [code])
                failed = olivia.deployments.deployments.begin_what_if("rg-factory", "try", template(**body)).result()
                self.assertEqual((failed.status, failed.error.code), ("Failed", "InvalidTemplateDeployment"))

    def test_a_whole_subscription(self):
        group = {"properties": {"mode": "Incremental", "template": {
            "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": [{
                "type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01", "name": GROUP, "location": "westeurope"}]}},
            "location": "westeurope"}
        found = self.clients(OLIVIA).deployments.deployments.begin_what_if_at_subscription_scope("try", group).result()
        self.assertEqual([(row.change_type, row.resource_id) for row in found.properties.changes], [("Create", SCOPE)])


if __name__ == "__main__":
    unittest.main()
