"""Who may do what: roles, permissions, deny assignments, and access for a time (Privileged Identity Management)."""

import datetime
import unittest
import uuid

from clients import Case
from simulated import (ACCESS_ADMINISTRATOR, DATA_OWNER, DATA_READER, FACTORY, FACTORY_GROUP, GREG, NINA, OLIVIA, PRODUCTION, READER,
                       admin, later, role, settings)

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.digitaltwins.core import DigitalTwinsClient

DAY = 86400


def only(guid):
    """A condition by which its holder may give this role and no other."""
    return ("((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
            f"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{guid}}}))")


class Access(Case):
    def setUp(self):
        super().setUp()
        self.olivia = self.clients(OLIVIA)
        self.grants = self.olivia.access.role_assignments

    def give(self, principal, guid, scope=FACTORY, grants=None, **more):
        return (grants or self.grants).create(scope, str(uuid.uuid4()), {
            "role_definition_id": role(guid), "principal_id": principal, "principal_type": "User", **more})

    def test_roles_are_found_by_name_and_by_id(self):
        definitions = self.olivia.access.role_definitions
        found, = definitions.list(FACTORY, filter="roleName eq 'Azure Digital Twins Data Owner'")
        self.assertEqual((found.name, found.role_type), (DATA_OWNER, "BuiltInRole"))
        self.assertIn("Microsoft.DigitalTwins/models/*", found.permissions[0].data_actions)
        self.assertEqual(definitions.get(FACTORY, DATA_OWNER).id, role(DATA_OWNER))
        self.assertEqual(definitions.get_by_id(role(DATA_READER)).role_name, "Azure Digital Twins Data Reader")
        self.refused(lambda: definitions.get(FACTORY, str(uuid.uuid4())), ResourceNotFoundError, 404, "RoleDefinitionDoesNotExist")

    def test_an_assignment_is_the_same_by_its_name(self):
        row = self.give(NINA, DATA_READER, description="request 1")
        again = self.grants.create(FACTORY, row.name, {
            "role_definition_id": role(DATA_READER), "principal_id": NINA, "principal_type": "User", "description": "request 2"})
        self.assertEqual((again.id, again.description), (row.id, "request 2"))
        self.assertEqual(self.grants.get_by_id(row.id).description, "request 2")
        self.assertEqual(self.grants.delete_by_id(row.id).name, row.name)

    def test_lists_look_up_and_down(self):
        row = self.give(NINA, READER, FACTORY_GROUP)
        names = lambda scope, filter=None: {found.name for found in self.grants.list_for_scope(scope, filter=filter)}
        self.assertIn(row.name, names(f"/subscriptions/{PRODUCTION}"))
        self.assertNotIn(row.name, names(f"/subscriptions/{PRODUCTION}", "atScope()"))
        self.assertIn(row.name, names(FACTORY, "atScope()"))
        self.assertEqual(names(FACTORY, f"principalId eq '{NINA}'"), {row.name})
        group = self.grants.create(FACTORY, str(uuid.uuid4()), {
            "role_definition_id": role(DATA_READER), "principal_id": "20000000-aaaa-4000-8000-000000000002", "principal_type": "Group"})
        self.assertEqual(names(FACTORY, f"assignedTo('{NINA}')"), {row.name, group.name}, "through her group too")
        self.refused(lambda: names(FACTORY, "nonsense"), HttpResponseError, 400, "UnsupportedQuery")

    def test_permissions_say_what_the_caller_may_do(self):
        greg = self.clients(GREG)
        found = list(greg.access.permissions.list_for_resource_group("rg-factory"))
        self.assertIn("*", found[0].actions)
        self.assertIn("Microsoft.Authorization/*/Write", found[0].not_actions)
        of_one = list(greg.access.permissions.list_for_resource(
            "rg-factory", "Microsoft.DigitalTwins", "", "digitalTwinsInstances", "factory-floor"))
        self.assertEqual(len(of_one), len(found))

    def test_a_condition_leaves_just_the_roles_that_it_names(self):
        self.give(NINA, ACCESS_ADMINISTRATOR, FACTORY_GROUP, condition=only(DATA_READER), condition_version="2.0")
        nina = self.clients(NINA).access.role_assignments
        given = self.give(GREG, DATA_READER, grants=nina)
        self.assertEqual(given.principal_id, GREG)
        self.refused(lambda: self.give(GREG, READER, grants=nina), HttpResponseError, 403, "AuthorizationFailed", "ABAC condition")

    def test_a_deny_assignment_can_be_read(self):
        admin("POST", "/deny-assignments", {"display_name": "hands off", "scope": FACTORY_GROUP, "principals": [OLIVIA],
                                            "actions": ["Microsoft.DigitalTwins/digitalTwinsInstances/delete"]})
        found, = self.olivia.access.deny_assignments.list_for_scope(FACTORY)
        self.assertEqual((found.deny_assignment_name, found.principals[0].id), ("hands off", OLIVIA))
        self.refused(lambda: self.olivia.twins.digital_twins.begin_delete("rg-factory", "factory-floor"), HttpResponseError, 403,
                     "DenyAssignmentAuthorizationFailed")

    def test_a_role_in_the_data_reaches_the_data_plane_later(self):
        settings(role_propagation_seconds=300)
        self.give(OLIVIA, DATA_READER)
        data = DigitalTwinsClient("https://factory-floor.api.weu.digitaltwins.azure.net", self.olivia.credential)
        with self.assertRaises(HttpResponseError) as caught:
            list(data.list_models())
        self.assertEqual(caught.exception.status_code, 403)
        later(301)
        self.assertEqual(list(data.list_models()), [])


class ForATime(Case):
    def setUp(self):
        super().setUp()
        self.olivia = self.clients(OLIVIA)
        self.requests = self.olivia.access.role_assignment_schedule_requests
        self.instances = self.olivia.access.role_assignment_schedule_instances

    def body(self, kind="AdminAssign", duration="P30D", start=None, **more):
        return {"principal_id": NINA, "role_definition_id": role(DATA_READER), "request_type": kind, "justification": "request 42",
                "schedule_info": {"start_date_time": start, "expiration": {"type": "AfterDuration", "duration": duration}},
                "ticket_info": {"ticket_number": "42", "ticket_system": "portal"}, **more}

    def ask(self, **more):
        return self.requests.create(FACTORY, str(uuid.uuid4()), self.body(**more))

    def held(self):
        return [row for row in self.instances.list_for_scope(FACTORY, filter="atScope()") if row.principal_id == NINA]

    def grants(self):
        return [row for row in self.olivia.access.role_assignments.list_for_scope(FACTORY) if row.principal_id == NINA]

    def test_access_for_thirty_days(self):
        tried = self.requests.validate(FACTORY, str(uuid.uuid4()), self.body())
        self.assertEqual((tried.principal_id, self.held()), (NINA, []))
        made = self.ask()
        self.assertEqual((made.status, made.request_type, made.requestor_id, made.ticket_info.ticket_number),
                         ("Provisioned", "AdminAssign", OLIVIA, "42"))
        self.assertEqual(made.expanded_properties.principal.display_name, "Nina Novak")
        self.assertEqual(self.requests.get(FACTORY, made.name).justification, "request 42")
        self.assertIn(made.name, [row.name for row in self.requests.list_for_scope(FACTORY)])
        instance, = self.held()
        self.assertEqual((instance.assignment_type, instance.end_date_time - instance.start_date_time),
                         ("Assigned", datetime.timedelta(days=30)))
        self.assertEqual([row.id for row in self.grants()], [instance.origin_role_assignment_id])
        later(30 * DAY + 1)
        fresh = self.clients(OLIVIA)
        self.assertEqual([row for row in fresh.access.role_assignments.list_for_scope(FACTORY) if row.principal_id == NINA], [])
        self.assertEqual(fresh.access.role_assignment_schedule_requests.get(FACTORY, made.name).status, "Revoked")

    def test_access_is_prolonged_and_taken_away(self):
        self.ask(duration="P1D")
        self.assertEqual(self.ask(kind="AdminExtend", duration="P60D").status, "Provisioned")
        instance, = self.held()
        self.assertGreater(instance.end_date_time - instance.start_date_time, datetime.timedelta(days=59))
        later(301)
        self.assertEqual(self.ask(kind="AdminRemove").status, "Revoked")
        self.assertEqual((self.held(), self.grants()), ([], []))

    def test_access_from_tomorrow_can_be_called_off(self):
        start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        first = self.ask(start=start)
        self.assertEqual((first.status, self.held()), ("ScheduleCreated", []))
        self.requests.cancel(FACTORY, first.name)
        self.assertEqual(self.requests.get(FACTORY, first.name).status, "Canceled")
        done = self.ask()
        self.refused(lambda: self.requests.cancel(FACTORY, done.name), HttpResponseError, 400, "RoleAssignmentRequestCannotBeCancelled")

    def test_eligible_people_activate_for_themselves(self):
        eligible = self.olivia.access.role_eligibility_schedule_requests.create(FACTORY, str(uuid.uuid4()), self.body())
        self.assertEqual((eligible.status, self.grants()), ("Provisioned", []))
        nina = self.clients(NINA).access
        row, = nina.role_eligibility_schedule_instances.list_for_scope(FACTORY, filter="asTarget()")
        activate = {"linked_role_eligibility_schedule_id": row.role_eligibility_schedule_id, "kind": "SelfActivate", "duration": "PT8H"}
        ask = lambda **more: nina.role_assignment_schedule_requests.create(FACTORY, str(uuid.uuid4()), self.body(**{**activate, **more}))
        self.refused(lambda: ask(duration="P2D"), HttpResponseError, 400, "RoleAssignmentRequestPolicyValidationFailed", "ExpirationRule")
        self.refused(lambda: ask(linked_role_eligibility_schedule_id=None), HttpResponseError, 400,
                     "RoleAssignmentRequestPolicyValidationFailed", "EligibilityRule")
        self.assertEqual(ask().status, "Provisioned")
        instance, = self.held()
        self.assertEqual((instance.assignment_type, len(self.grants())), ("Activated", 1))
        later(301)
        self.assertEqual(ask(kind="SelfDeactivate").status, "Revoked")
        self.assertEqual(self.grants(), [])

    def test_the_policy_can_be_read_and_is_kept(self):
        settings(pim_maximum="P7D", pim_rules=["Justification", "Ticketing", "MultiFactorAuthentication"])
        policies = self.olivia.access.role_management_policy_assignments.list_for_scope(FACTORY)
        policy, = (row for row in policies if row.role_definition_id == role(DATA_READER))
        rules = {rule.id: rule for rule in policy.effective_rules}
        self.assertEqual(rules["Expiration_Admin_Assignment"].maximum_duration, "P7D")
        self.assertEqual(rules["Enablement_Admin_Assignment"].enabled_rules, ["Justification", "Ticketing", "MultiFactorAuthentication"])
        self.refused(lambda: self.ask(ticket_info=None), HttpResponseError, 400, "RoleAssignmentRequestPolicyValidationFailed",
                     '["ExpirationRule","TicketingRule","MfaRule"]')

    def test_a_lock_keeps_access_beyond_its_end(self):
        made = self.ask(duration="P1D")
        self.olivia.locks.management_locks.create_or_update_at_resource_group_level("rg-factory", "keep", {"level": "CanNotDelete"})
        later(DAY + 1)
        kept = self.clients(OLIVIA).access
        self.assertEqual(kept.role_assignment_schedule_requests.get(FACTORY, made.name).status, "FailedAsResourceIsLocked")
        self.assertEqual(len([row for row in kept.role_assignments.list_for_scope(FACTORY) if row.principal_id == NINA]), 1)


if __name__ == "__main__":
    unittest.main()
