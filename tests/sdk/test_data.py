"""Models, twins, relationships and queries by azure-digitaltwins-core, and the refusals of the data plane."""

import unittest

from clients import Case
from people import Fixed, Signed, redeemed, web
from simulated import DATA_OWNER, DATA_READER, FACTORY, NINA, OLIVIA, admin, later

from azure.core import MatchConditions
from azure.core.exceptions import (ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceModifiedError,
                                   ResourceNotFoundError)
from azure.digitaltwins.core import DigitalTwinsClient

HOST = "https://factory-floor.api.weu.digitaltwins.azure.net"
ROOM, FLOOR = "dtmi:sdk:Room;1", "dtmi:sdk:Floor;1"
MODELS = [
    {"@id": FLOOR, "@type": "Interface", "@context": "dtmi:dtdl:context;2", "displayName": "Floor", "contents": [
        {"@type": "Relationship", "name": "holds", "target": ROOM},
        {"@type": "Property", "name": "level", "schema": "integer"}]},
    {"@id": ROOM, "@type": "Interface", "@context": "dtmi:dtdl:context;2", "contents": [
        {"@type": "Property", "name": "degrees", "schema": "double", "writable": True}]},
]


class Data(Case):
    def setUp(self):
        super().setUp()
        admin("POST", "/role-assignments", {"principal": OLIVIA, "role": DATA_OWNER, "scope": FACTORY})
        self.data = self.client(Signed(OLIVIA))

    def client(self, credential):
        return DigitalTwinsClient(HOST, credential, retry_total=0)

    def furnish(self):
        self.data.create_models(MODELS)
        self.data.upsert_digital_twin("ground", {"$metadata": {"$model": FLOOR}, "level": 0})
        for n in range(3):
            self.data.upsert_digital_twin(f"room-{n}", {"$metadata": {"$model": ROOM}, "degrees": 18.5 + n})
            self.data.upsert_relationship("ground", f"holds-{n}", {"$relationshipName": "holds", "$targetId": f"room-{n}"})

    def test_models_come_and_go(self):
        self.assertEqual([row.id for row in self.data.create_models(MODELS)], [FLOOR, ROOM])
        self.assertEqual({row.id for row in self.data.list_models()}, {FLOOR, ROOM})
        one = self.data.get_model(FLOOR, include_model_definition=True)
        self.assertEqual((one.display_name, one.decommissioned, one.model["@id"]), ({"en": "Floor"}, False, FLOOR))
        self.data.decommission_model(ROOM)
        self.assertTrue(self.data.get_model(ROOM).decommissioned)
        self.data.delete_model(ROOM)
        with self.assertRaises(ResourceNotFoundError) as caught:
            self.data.get_model(ROOM)
        self.assertEqual(caught.exception.error.code, "ModelNotFound")

    def test_twins_relationships_and_queries(self):
        self.furnish()
        room = self.data.get_digital_twin("room-1")
        self.assertEqual((room["$dtId"], room["degrees"], room["$metadata"]["$model"]), ("room-1", 19.5, ROOM))
        self.data.update_digital_twin("room-1", [{"op": "replace", "path": "/degrees", "value": 21.0}])
        warm = list(self.data.query_twins("SELECT * FROM digitaltwins WHERE degrees > 20"))
        self.assertEqual({row["$dtId"] for row in warm}, {"room-1", "room-2"})
        rooms = list(self.data.query_twins(f"SELECT * FROM digitaltwins WHERE IS_OF_MODEL('{ROOM}')"))
        self.assertEqual(len(rooms), 3)
        self.assertEqual({row["$targetId"] for row in self.data.list_relationships("ground")}, {"room-0", "room-1", "room-2"})
        self.assertEqual([row.source_id for row in self.data.list_incoming_relationships("room-0")], ["ground"])
        self.assertEqual(self.data.get_relationship("ground", "holds-2")["$relationshipName"], "holds")
        self.data.delete_relationship("ground", "holds-2")
        self.data.delete_digital_twin("room-2")
        with self.assertRaises(ResourceNotFoundError) as caught:
            self.data.get_digital_twin("room-2")
        self.assertEqual(caught.exception.error.code, "DigitalTwinNotFound")

    def test_what_has_changed_meanwhile_is_not_overwritten(self):
        self.furnish()
        old = self.data.get_digital_twin("room-0")["$etag"]
        warmer = [{"op": "replace", "path": "/degrees", "value": 22.0}]
        self.data.update_digital_twin("room-0", warmer, etag=old, match_condition=MatchConditions.IfNotModified)
        with self.assertRaises(ResourceModifiedError) as caught:
            self.data.update_digital_twin("room-0", warmer, etag=old, match_condition=MatchConditions.IfNotModified)
        self.assertEqual((caught.exception.status_code, caught.exception.error.code), (412, "PreconditionFailed"))
        with self.assertRaises(ResourceExistsError):
            self.data.upsert_digital_twin("room-0", {"$metadata": {"$model": ROOM}}, match_condition=MatchConditions.IfMissing)

    def test_what_the_service_refuses(self):
        self.furnish()
        twin = {"$metadata": {"$model": ROOM}}
        rows = [
            (ResourceExistsError, 409, "ModelAlreadyExists", lambda: self.data.create_models(MODELS)),
            (HttpResponseError, 400, "DTDLParserError", lambda: self.data.create_models([{**MODELS[1], "@id": "room"}])),
            (HttpResponseError, 400, "ValidationFailed", lambda: self.data.upsert_digital_twin("x", {**twin, "colour": "red"})),
            (HttpResponseError, 400, "ValidationFailed",
             lambda: self.data.upsert_digital_twin("x", {"$metadata": {"$model": "dtmi:sdk:None;1"}})),
            (HttpResponseError, 400, "SqlQueryError", lambda: list(self.data.query_twins("nonsense"))),
            (ResourceNotFoundError, 404, "DigitalTwinNotFound", lambda: self.data.get_digital_twin("none")),
        ]
        for kind, status, code, call in rows:
            with self.subTest(code):
                self.refused(call, kind, status, code)

    def test_who_is_not_let_in_is_told_nothing(self):
        admin("POST", "/role-assignments", {"principal": NINA, "role": DATA_READER, "scope": FACTORY})
        reader = self.client(Signed(NINA))
        self.assertEqual(list(reader.list_models()), [])
        for_arm = redeemed(web(), OLIVIA)["access_token"]
        old = Signed(OLIVIA).get_token("https://digitaltwins.azure.net/.default").token
        rows = [
            ("no role for it", HttpResponseError, 403, lambda: reader.create_models(MODELS)),
            ("a token for something else", ClientAuthenticationError, 401, lambda: list(self.client(Fixed(for_arm)).list_models())),
            ("no token at all", ClientAuthenticationError, 401, lambda: list(self.client(Fixed("e30.e30.e30")).list_models())),
            ("a token of yesterday", ClientAuthenticationError, 401, lambda: (later(86400), list(self.client(Fixed(old)).list_models()))),
        ]
        for name, kind, status, call in rows:
            with self.subTest(name), self.assertRaises(kind) as caught:
                call()
            problem = caught.exception
            self.assertEqual((type(problem), problem.status_code, problem.error, problem.response.text()), (kind, status, None, ""))

    def test_behind_a_private_endpoint_the_public_door_is_shut(self):
        olivia = self.clients(OLIVIA)
        olivia.twins.digital_twins.begin_update("rg-factory", "factory-floor", {"properties": {"publicNetworkAccess": "Disabled"}}).result()
        with self.assertRaises(HttpResponseError) as caught:
            list(self.data.list_models())
        self.assertEqual((caught.exception.status_code, caught.exception.error), (403, None))


if __name__ == "__main__":
    unittest.main()
