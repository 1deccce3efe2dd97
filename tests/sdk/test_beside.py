"""What stands beside an instance: identities, endpoints, private endpoints, locks and Resource Graph."""

import unittest

from simulated import OLIVIA, PRODUCTION, TENANT, Signed, fresh

from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.digitaltwins import AzureDigitalTwinsManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resourcegraph import ResourceGraphClient

GROUP, NAME = "rg-factory", "sdk-beside"
OPTIONS = {"retry_total": 2, "retry_backoff_factor": 0, "polling_interval": 0}


class Beside(unittest.TestCase):
    def setUp(self):
        fresh()
        olivia = Signed(OLIVIA)
        self.twins, self.identities, self.networks = (
            kind(olivia, PRODUCTION, **OPTIONS)
            for kind in (AzureDigitalTwinsManagementClient, ManagedServiceIdentityClient, NetworkManagementClient))
        self.graph = ResourceGraphClient(olivia, **OPTIONS)
        for client in (self.twins, self.identities, self.networks, self.graph):
            self.addCleanup(client.close)

    def create(self):
        return self.twins.digital_twins.begin_create_or_update(GROUP, NAME, {"location": "westeurope"}).result()

    def test_an_identity_is_made_put_on_an_instance_and_deleted(self):
        made = self.identities.user_assigned_identities.create_or_update(GROUP, "id-sdk", {"location": "westeurope"})
        self.assertEqual((made.name, made.tenant_id), ("id-sdk", TENANT))
        self.assertTrue(made.principal_id and made.client_id)
        listed = self.identities.user_assigned_identities.list_by_resource_group(GROUP)
        self.assertIn("id-sdk", [row.name for row in listed])
        self.create()
        patched = self.twins.digital_twins.begin_update(GROUP, NAME, {
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {made.id: {}}}}).result()
        worn, = patched.identity.user_assigned_identities.values()
        self.assertEqual(worn.principal_id, made.principal_id)
        self.identities.user_assigned_identities.delete(GROUP, "id-sdk")
        with self.assertRaises(ResourceNotFoundError):
            self.identities.user_assigned_identities.get(GROUP, "id-sdk")

    def test_an_endpoint_and_a_private_endpoint(self):
        made = self.create()
        endpoint = self.twins.digital_twins_endpoint.begin_create_or_update(GROUP, NAME, "events", {"properties": {
            "endpointType": "EventGrid", "authenticationType": "KeyBased", "accessKey1": "a", "accessKey2": "b",
            "TopicEndpoint": "https://topic.westeurope-1.eventgrid.azure.net/api/events"}}).result()
        self.assertEqual(endpoint.properties.provisioning_state, "Succeeded")
        self.assertEqual([row.name for row in self.twins.digital_twins_endpoint.list(GROUP, NAME)], ["events"])
        groups = self.twins.private_link_resources.list(GROUP, NAME)
        self.assertEqual([row.properties.group_id for row in groups.value], ["API"])

        subnet = (f"/subscriptions/{PRODUCTION}/resourceGroups/{GROUP}/providers/Microsoft.Network/virtualNetworks/"
                  "vnet-factory/subnets/private-endpoints")
        self.networks.private_endpoints.begin_create_or_update(GROUP, "pe-sdk", {"location": "westeurope", "properties": {
            "subnet": {"id": subnet}, "privateLinkServiceConnections": [{"name": "adt", "properties": {
                "privateLinkServiceId": made.id, "groupIds": ["API"]}}]}}).result()
        connections = self.twins.private_endpoint_connections.list(GROUP, NAME)
        self.assertEqual(len(connections.value), 1)
        state = connections.value[0].properties.private_link_service_connection_state
        self.assertEqual(state.status, "Approved")
        self.networks.private_endpoints.begin_delete(GROUP, "pe-sdk").result()
        self.twins.digital_twins_endpoint.begin_delete(GROUP, NAME, "events").result()
        self.assertEqual(list(self.twins.digital_twins_endpoint.list(GROUP, NAME)), [])

    def test_resource_graph_finds_the_instances(self):
        found = self.graph.resources({
            "subscriptions": [PRODUCTION],
            "query": "Resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' | project id, name, location"})
        self.assertEqual([row["name"] for row in found.data], ["factory-floor"])


if __name__ == "__main__":
    unittest.main()
