"""What stands beside an instance: identities, endpoints, data history, private endpoints with their DNS, locks and Resource
Graph."""

import unittest

from clients import Case
from simulated import (DEVELOPMENT, FACTORY, FACTORY_GROUP, NETWORK, NINA, OLIVIA, PRODUCTION, SUBNET, TENANT, admin, settings)

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.digitaltwins.models import (AzureDataExplorerConnectionProperties, DigitalTwinsEndpointResource, EventGrid, EventHub,
                                            ManagedIdentityReference, ServiceBus, TimeSeriesDatabaseConnection)

GROUP, NAME = "rg-factory", "factory-floor"
HERE = {"location": "westeurope"}
ZONE = "privatelink.digitaltwins.azure.net"
BUS = "Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;EntityPath=queue"


class Beside(Case):
    def setUp(self):
        super().setUp()
        self.olivia = self.clients(OLIVIA)

    def equip(self, kind="SystemAssigned", **identities):
        return self.olivia.twins.digital_twins.begin_update(GROUP, NAME, {
            "identity": {"type": kind, "userAssignedIdentities": identities or None}}).result().identity

    def test_an_identity_is_made_put_on_an_instance_and_deleted(self):
        identities = self.olivia.identities.user_assigned_identities
        made = identities.create_or_update(GROUP, "id-sdk", HERE)
        self.assertEqual((made.name, made.tenant_id), ("id-sdk", TENANT))
        self.assertTrue(made.principal_id and made.client_id)
        self.assertIn("id-sdk", [row.name for row in identities.list_by_resource_group(GROUP)])
        self.assertIn("id-sdk", [row.name for row in identities.list_by_subscription()])
        self.assertEqual(identities.update(GROUP, "id-sdk", {"tags": {"a": "b"}}).tags, {"a": "b"})
        worn, = self.equip("UserAssigned", **{made.id: {}}).user_assigned_identities.values()
        self.assertEqual(worn.principal_id, made.principal_id)
        identities.delete(GROUP, "id-sdk")
        self.refused(lambda: identities.get(GROUP, "id-sdk"), ResourceNotFoundError, 404, "ResourceNotFound")

    def test_each_kind_of_endpoint(self):
        own = self.olivia.identities.user_assigned_identities.create_or_update(GROUP, "id-sdk", HERE)
        self.equip("SystemAssigned,UserAssigned", **{own.id: {}})
        system = ManagedIdentityReference(type="SystemAssigned")
        user = ManagedIdentityReference(type="UserAssigned", user_assigned_identity=own.id)
        uri = {"endpoint_uri": "sb://bus.servicebus.windows.net/", "entity_path": "queue"}
        kinds = {
            "grid": EventGrid(topic_endpoint="https://topic.westeurope-1.eventgrid.azure.net/api/events", access_key1="a", access_key2="b"),
            "hub": EventHub(connection_string_primary_key=BUS),
            "bus": ServiceBus(primary_connection_string=BUS, dead_letter_secret="secret"),
            "hub-identity": EventHub(authentication_type="IdentityBased", identity=system, **uri),
            "bus-identity": ServiceBus(authentication_type="IdentityBased", identity=user, **uri),
        }
        endpoints = self.olivia.twins.digital_twins_endpoint
        for name, properties in kinds.items():
            with self.subTest(name):
                made = endpoints.begin_create_or_update(GROUP, NAME, name, DigitalTwinsEndpointResource(properties=properties)).result()
                self.assertIs(type(made.properties), type(properties))
                self.assertEqual(made.properties.provisioning_state, "Succeeded")
                self.assertEqual(endpoints.get(GROUP, NAME, name).properties.endpoint_type, properties.endpoint_type)
        masked = "Endpoint=sb://***/;SharedAccessKeyName=***;SharedAccessKey=***;EntityPath=***"
        self.assertEqual(endpoints.get(GROUP, NAME, "hub").properties.connection_string_primary_key, masked)
        self.assertEqual({row.name for row in endpoints.list(GROUP, NAME)}, set(kinds))
        for name in kinds:
            endpoints.begin_delete(GROUP, NAME, name).result()
        self.assertEqual(list(endpoints.list(GROUP, NAME)), [])

    def test_endpoints_that_cannot_be(self):
        endpoints = self.olivia.twins.digital_twins_endpoint
        grid = DigitalTwinsEndpointResource(properties=EventGrid(topic_endpoint="https://topic", access_key1="a"))
        for n in range(6):
            endpoints.begin_create_or_update(GROUP, NAME, f"grid-{n}", grid).result()
        self.refused(lambda: endpoints.begin_create_or_update(GROUP, NAME, "grid-6", grid), HttpResponseError, 400, "BadRequest", "'6'")
        bare = DigitalTwinsEndpointResource(properties=EventHub(
            authentication_type="IdentityBased", endpoint_uri="sb://x", entity_path="y"))
        self.refused(lambda: endpoints.begin_create_or_update(GROUP, NAME, "grid-0", bare), HttpResponseError, 400, "BadRequest",
                     "The identity is not assigned")
        self.refused(lambda: endpoints.get(GROUP, NAME, "none"), ResourceNotFoundError, 404, "ResourceNotFound")

    def test_data_history_with_an_identity(self):
        cluster = f"{FACTORY_GROUP}/providers/Microsoft.Kusto/clusters/history"
        history = TimeSeriesDatabaseConnection(properties=AzureDataExplorerConnectionProperties(
            adx_resource_id=cluster, adx_endpoint_uri="https://history.westeurope.kusto.windows.net", adx_database_name="twins",
            event_hub_endpoint_uri="sb://hub.servicebus.windows.net/", event_hub_entity_path="events",
            event_hub_namespace_resource_id=f"{FACTORY_GROUP}/providers/Microsoft.EventHub/namespaces/hub",
            record_property_and_item_removals="true", identity=ManagedIdentityReference(type="SystemAssigned")))
        connections = self.olivia.twins.time_series_database_connections
        put = lambda: connections.begin_create_or_update(GROUP, NAME, "history", history)
        self.refused(put, HttpResponseError, 400, "BadRequest", "The identity is not assigned")
        self.equip()
        made = put().result().properties
        self.assertEqual((made.provisioning_state, made.connection_type, made.adx_table_name, made.event_hub_consumer_group,
                          made.record_property_and_item_removals),
                         ("Succeeded", "AzureDataExplorer", "AdtPropertyEvents", "$Default", "true"))
        self.assertEqual([row.name for row in connections.list(GROUP, NAME)], ["history"])
        connections.begin_delete(GROUP, NAME, "history", cleanup_connection_artifacts="true").result()
        self.refused(lambda: connections.get(GROUP, NAME, "history"), ResourceNotFoundError, 404, "ResourceNotFound")

    def connect(self, name="pe-sdk", who=None, manual=False):
        connection = {"name": "adt", "properties": {"privateLinkServiceId": FACTORY, "groupIds": ["API"], "requestMessage": "please"}}
        kind = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
        return (who or self.olivia).networks.private_endpoints.begin_create_or_update(
            GROUP, name, {**HERE, "properties": {"subnet": {"id": SUBNET}, kind: [connection]}}).result()

    def test_a_private_endpoint_with_its_names(self):
        groups = self.olivia.twins.private_link_resources.list(GROUP, NAME)
        self.assertEqual([(row.properties.group_id, row.properties.required_zone_names) for row in groups.value], [("API", [ZONE])])
        self.assertEqual(self.olivia.twins.private_link_resources.get(GROUP, NAME, "API").properties.required_members, ["DigitalTwinsAPI"])
        made = self.connect()
        self.assertEqual((made.properties.provisioning_state, made.properties.subnet.id), ("Succeeded", SUBNET))
        self.assertEqual([row.name for row in self.olivia.networks.private_endpoints.list(GROUP)], ["pe-sdk"])
        used = self.olivia.networks.subnets.get(GROUP, "vnet-factory", "private-endpoints").properties.private_endpoints
        self.assertEqual([row.id for row in used], [made.id])

        zones, links = self.olivia.zones.private_zones, self.olivia.zones.virtual_network_links
        zone = zones.begin_create_or_update(GROUP, ZONE, {"location": "global"}).result()
        link = links.begin_create_or_update(GROUP, ZONE, "factory", {"location": "global", "properties": {
            "virtualNetwork": {"id": NETWORK}, "registrationEnabled": False}}).result()
        self.assertEqual(link.properties.virtual_network_link_state, "Completed")
        named = self.olivia.networks.private_dns_zone_groups.begin_create_or_update(GROUP, "pe-sdk", "default", {"properties": {
            "privateDnsZoneConfigs": [{"name": "adt", "properties": {"privateDnsZoneId": zone.id}}]}}).result()
        record = named.properties.private_dns_zone_configs[0].properties.record_sets[0]
        self.assertEqual((record.record_type, record.fqdn), ("A", f"factory-floor.api.weu.{ZONE}"))
        self.assertEqual([row.name for row in self.olivia.networks.private_dns_zone_groups.list("pe-sdk", GROUP)], ["default"])
        self.refused(lambda: zones.begin_delete(GROUP, ZONE), ResourceExistsError, 409, "CannotDeleteResource")

        self.olivia.networks.private_dns_zone_groups.begin_delete(GROUP, "pe-sdk", "default").result()
        links.begin_delete(GROUP, ZONE, "factory").result()
        zones.begin_delete(GROUP, ZONE).result()
        self.olivia.networks.private_endpoints.begin_delete(GROUP, "pe-sdk").result()
        self.assertEqual(self.olivia.twins.private_endpoint_connections.list(GROUP, NAME).value, [])

    def test_a_private_endpoint_that_waits_for_approval(self):
        self.connect(manual=True)
        connections = self.olivia.twins.private_endpoint_connections
        waiting, = connections.list(GROUP, NAME).value
        state = waiting.properties.private_link_service_connection_state
        self.assertEqual((state.status, state.description), ("Pending", "please"))
        for status in ["Approved", "Rejected"]:
            done = connections.begin_create_or_update(GROUP, NAME, waiting.name, {"properties": {
                "privateLinkServiceConnectionState": {"status": status, "description": "because"}}}).result()
            self.assertEqual(done.properties.private_link_service_connection_state.status, status)
            there = self.olivia.networks.private_endpoints.get(GROUP, "pe-sdk").properties.manual_private_link_service_connections
            self.assertEqual(there[0].properties.private_link_service_connection_state.status, status)
        connections.begin_delete(GROUP, NAME, waiting.name).result()
        there = self.olivia.networks.private_endpoints.get(GROUP, "pe-sdk").properties.manual_private_link_service_connections
        self.assertEqual(there[0].properties.private_link_service_connection_state.status, "Disconnected")

    def test_locks_at_a_group_and_at_a_resource(self):
        locks = self.olivia.locks.management_locks
        made = locks.create_or_update_at_resource_group_level(GROUP, "keep", {"level": "CanNotDelete", "notes": "The factory needs it."})
        self.assertEqual((made.level, made.notes, made.id), ("CanNotDelete", "The factory needs it.",
                                                            f"{FACTORY_GROUP}/providers/Microsoft.Authorization/locks/keep"))
        frozen = locks.create_or_update_at_resource_level(
            GROUP, "Microsoft.DigitalTwins", "", "digitalTwinsInstances", NAME, "frozen", {"level": "ReadOnly"})
        self.assertEqual(frozen.id, f"{FACTORY}/providers/Microsoft.Authorization/locks/frozen")
        self.assertEqual({row.name for row in locks.list_at_subscription_level()}, {"keep", "frozen"})
        self.assertEqual([row.name for row in locks.list_at_resource_group_level(GROUP, filter="atScope()")], ["keep"])
        tag = lambda: self.olivia.twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "b"}}).result()
        self.refused(tag, ResourceExistsError, 409, "ScopeLocked", "write operation", f"'{FACTORY}'")
        self.refused(lambda: self.olivia.resources.resource_groups.begin_delete(GROUP), ResourceExistsError, 409, "ScopeLocked",
                     "delete operation")
        locks.delete_at_resource_level(GROUP, "Microsoft.DigitalTwins", "", "digitalTwinsInstances", NAME, "frozen")
        self.assertEqual(tag().tags, {"a": "b"})
        locks.delete_at_resource_group_level(GROUP, "keep")
        self.assertEqual(list(locks.list_at_subscription_level()), [])

    def test_policies_can_be_read_before_they_refuse(self):
        admin("POST", "/policies", {"name": "owners", "display_name": "Owner tag", "scope": FACTORY_GROUP, "effect": "Modify",
                                    "adds_tags": {"owner": "nobody"}})
        found = list(self.olivia.policies.policy_assignments.list_for_resource_group(GROUP))
        self.assertEqual([(row.name, row.display_name, row.scope) for row in found], [("owners", "Owner tag", FACTORY_GROUP)])
        made = self.olivia.twins.digital_twins.begin_create_or_update(GROUP, "tagged", HERE).result()
        self.assertEqual(made.tags, {"owner": "nobody"})

    def test_resource_graph_finds_what_one_may_read(self):
        instances = "Resources | where type =~ 'microsoft.digitaltwins/digitaltwinsinstances' | project id, name, location"
        query = {"subscriptions": [PRODUCTION], "query": instances}
        found = self.olivia.graph.resources(query)
        self.assertEqual((found.total_records, found.result_truncated, [row["name"] for row in found.data]), (1, "false", [NAME]))
        self.assertEqual(self.clients(NINA).graph.resources({"query": instances}).data, [])
        self.assertEqual(self.clients(OLIVIA, DEVELOPMENT).graph.resources({"query": instances}).count, 1)
        for n in range(3):
            self.olivia.twins.digital_twins.begin_create_or_update(GROUP, f"more-{n}", HERE).result()
        first = self.olivia.graph.resources({**query, "options": {"$top": 2}})
        rest = self.olivia.graph.resources({**query, "options": {"$top": 2, "$skipToken": first.skip_token}})
        self.assertEqual(len({row["name"] for row in first.data + rest.data}), 4)
        roles = self.olivia.graph.resources({"query": "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"})
        self.assertGreaterEqual(roles.total_records, 6)
        settings(bucket_queries=99)
        self.refused(lambda: self.olivia.graph.resources({"query": "Resources | nonsense"}), HttpResponseError, 400, "BadRequest")


if __name__ == "__main__":
    unittest.main()
