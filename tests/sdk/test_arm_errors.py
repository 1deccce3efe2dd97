"""What Azure Resource Manager refuses, as the typed exceptions of Microsoft's packages: one row for each reason."""

import unittest
import uuid
from io import BytesIO

from clients import Case
from people import Fixed, approve_device
from simulated import (ACCESS_ADMINISTRATOR, DATA_OWNER, DATA_READER, DEVELOPMENT, FACTORY, FACTORY_GROUP, GREG, INSTANCES, LENA,
                       LITWARE, NINA, OLIVIA, OWNER, PAUL, PRODUCTION, TENANT, UMA, admin, later, role, settings)

from azure.core.exceptions import (ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError)
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.identity import DeviceCodeCredential

GROUP, NAME = "rg-factory", "factory-floor"
HERE = {"location": "westeurope"}
ROWS = []


def refusal(kind, status, code, *words):
    """A row of the table: the function gets the test and returns the call that is refused."""

    def add(prepare):
        ROWS.append((prepare, kind, status, code, words))
        return prepare

    return add


def grant(who, principal, guid, scope=FACTORY, name=None, **more):
    """Gives a role; `who` is the giver's clients."""
    return who.access.role_assignments.create(scope, name or str(uuid.uuid4()), {
        "role_definition_id": role(guid), "principal_id": principal, "principal_type": "User", **more})


def create(who, name, group=GROUP, **body):
    return who.twins.digital_twins.begin_create_or_update(group, name, {**HERE, **body})


# Who are you?

@refusal(ClientAuthenticationError, 401, "AuthenticationFailed", "'Authorization' header is missing")
def no_token(test):
    nobody = test.clients(Fixed(""), authentication_policy=SansIOHTTPPolicy())
    return lambda: nobody.twins.digital_twins.get(GROUP, NAME)


@refusal(ClientAuthenticationError, 401, "InvalidAuthenticationToken", "The access token is invalid.")
def a_token_of_nobodys_making(test):
    return lambda: test.clients(Fixed("e30.e30.e30")).twins.digital_twins.get(GROUP, NAME)


@refusal(ClientAuthenticationError, 401, "InvalidAuthenticationTokenAudience", "https://graph.microsoft.com",
         "'https://management.core.windows.net/'")
def a_token_for_graph(test):
    astray = test.clients(OLIVIA, credential_scopes=["https://graph.microsoft.com/User.Read"])
    return lambda: astray.twins.digital_twins.get(GROUP, NAME)


@refusal(ClientAuthenticationError, 401, "ExpiredAuthenticationToken", "is earlier than current UTC time")
def a_token_of_yesterday(test):
    olivia = test.clients(OLIVIA)
    later(24 * 3600)
    return lambda: olivia.twins.digital_twins.get(GROUP, NAME)


@refusal(ClientAuthenticationError, 401, "InvalidAuthenticationTokenTenant", f"wrong issuer 'https://sts.windows.net/{LITWARE}/'",
         f"must match the tenant 'https://sts.windows.net/{TENANT}/'")
def a_token_of_another_tenant(test):
    lena = DeviceCodeCredential(prompt_callback=lambda uri, code, _: approve_device(uri, code, LENA), tenant_id=LITWARE)
    test.addCleanup(lena.close)
    return lambda: test.clients(lena).twins.digital_twins.get(GROUP, NAME)


# May you?

@refusal(HttpResponseError, 403, "AuthorizationFailed", "'nina@contoso.com'", NINA, f"{INSTANCES}/read", FACTORY)
def no_role(test):
    return lambda: test.clients(NINA).twins.digital_twins.get(GROUP, NAME)


@refusal(HttpResponseError, 403, "AuthorizationFailed", "ABAC condition that is not fulfilled", "roleAssignments/write")
def a_condition_that_is_not_met(test):
    only = (f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/write'}})) OR "
            f"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{DATA_READER}}}))")
    grant(test.clients(OLIVIA), NINA, ACCESS_ADMINISTRATOR, FACTORY_GROUP, condition=only, condition_version="2.0")
    nina = test.clients(NINA)
    grant(nina, GREG, DATA_READER)
    return lambda: grant(nina, GREG, DATA_OWNER)


@refusal(HttpResponseError, 403, "DenyAssignmentAuthorizationFailed", "however, the access is denied", "'no more instances'",
         "and Id '500000000000400080000000000000aa'")
def a_deny_assignment(test):
    admin("POST", "/deny-assignments", {
        "name": "50000000-0000-4000-8000-0000000000aa", "display_name": "no more instances", "scope": FACTORY_GROUP,
        "actions": [f"{INSTANCES}/write"], "principals": [OLIVIA]})
    return lambda: create(test.clients(OLIVIA), "denied")


@refusal(HttpResponseError, 403, "LinkedAuthorizationFailed", "however, it does not have permission to perform action "
         "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s)", "id-elsewhere")
def somebody_elses_identity(test):
    made = test.clients(OLIVIA).identities.user_assigned_identities.create_or_update("rg-twins", "id-elsewhere", HERE)
    worn = {"type": "UserAssigned", "userAssignedIdentities": {made.id: {}}}
    return lambda: create(test.clients(GREG), "linked", identity=worn)


@refusal(HttpResponseError, 403, "RequestDisallowedByPolicy", "Resource 'disallowed' was disallowed by policy. Policy identifiers:",
         "Allowed locations")
def a_policy(test):
    admin("POST", "/policies", {
        "name": "places", "display_name": "Allowed locations", "scope": FACTORY_GROUP, "effect": "Deny",
        "conditions": [{"field": "location", "operator": "NotIn", "value": ["northeurope"]}]})
    return lambda: create(test.clients(OLIVIA), "disallowed")


@refusal(ResourceExistsError, 409, "ScopeLocked", "cannot perform delete operation", f"'{FACTORY_GROUP}'")
def a_lock_against_deletion(test):
    olivia = test.clients(OLIVIA)
    olivia.locks.management_locks.create_or_update_at_resource_group_level(GROUP, "keep", {"level": "CanNotDelete"})
    return lambda: olivia.twins.digital_twins.begin_delete(GROUP, NAME)


@refusal(ResourceExistsError, 409, "ScopeLocked", "cannot perform write operation")
def a_lock_against_changes_keeps_out_roles_too(test):
    olivia = test.clients(OLIVIA)
    olivia.locks.management_locks.create_or_update_at_resource_group_level(GROUP, "frozen", {"level": "ReadOnly"})
    return lambda: grant(olivia, NINA, DATA_READER)


# Role assignments

@refusal(ResourceExistsError, 409, "RoleAssignmentExists", "The ID of the existing role assignment is 600000000000400080000000000000aa.")
def the_same_role_again(test):
    olivia = test.clients(OLIVIA)
    grant(olivia, NINA, DATA_READER, name="60000000-0000-4000-8000-0000000000aa")
    return lambda: grant(olivia, NINA, DATA_READER)


@refusal(HttpResponseError, 400, "RoleAssignmentUpdateNotPermitted", "principal ID, and scope are not allowed to be updated")
def the_same_name_for_another(test):
    olivia, name = test.clients(OLIVIA), str(uuid.uuid4())
    grant(olivia, NINA, DATA_READER, name=name)
    return lambda: grant(olivia, GREG, DATA_READER, name=name)


@refusal(HttpResponseError, 400, "PrincipalNotFound", "Principal 70000000000040008000000000000001", f"directory {TENANT}",
         "set the role assignment principalType property")
def nobody_of_that_id(test):
    return lambda: grant(test.clients(OLIVIA), "70000000-0000-4000-8000-000000000001", DATA_READER, principal_type=None)


@refusal(HttpResponseError, 400, "PrincipalNotFound", "replication delay")
def an_identity_that_is_not_known_yet(test):
    settings(replication_seconds=60)
    olivia = test.clients(OLIVIA)
    made = create(olivia, "fresh", identity={"type": "SystemAssigned"}).result()
    return lambda: grant(olivia, made.identity.principal_id, DATA_READER, principal_type=None)


@refusal(HttpResponseError, 400, "UnmatchedPrincipalType", "has type 'User'", "'Group'")
def a_person_is_no_group(test):
    return lambda: grant(test.clients(OLIVIA), NINA, DATA_READER, principal_type="Group")


@refusal(HttpResponseError, 400, "RoleDefinitionDoesNotExist", "70000000-0000-4000-8000-000000000002")
def no_such_role(test):
    return lambda: grant(test.clients(OLIVIA), NINA, "70000000-0000-4000-8000-000000000002")


@refusal(HttpResponseError, 400, "RoleAssignmentLimitExceeded", "No more role assignments can be created")
def too_many_roles(test):
    settings(role_assignment_limit=1)
    return lambda: grant(test.clients(OLIVIA), NINA, DATA_READER)


@refusal(HttpResponseError, 412, "CannotDeleteLastRbacAdminAssignment", "Cannot delete the last RBAC admin assignment")
def the_last_who_may_give_roles(test):
    uma, scope = test.clients(UMA), f"/subscriptions/{PRODUCTION}"
    own = [row.name for row in uma.access.role_assignments.list_for_scope(scope, filter="atScope()") if row.principal_id == UMA]
    for row in uma.access.role_assignments.list_for_scope(scope, filter="atScope()"):
        if row.role_definition_id.endswith(OWNER):
            uma.access.role_assignments.delete(scope, row.name)
    return lambda: uma.access.role_assignments.delete(scope, own[0])


@refusal(ResourceNotFoundError, 404, "RoleAssignmentNotFound")
def no_such_assignment(test):
    return lambda: test.clients(OLIVIA).access.role_assignments.get(FACTORY, str(uuid.uuid4()))


# Subscriptions, groups and places

@refusal(ResourceNotFoundError, 404, "SubscriptionNotFound", "80000000-0000-4000-8000-000000000001")
def no_such_subscription(test):
    return lambda: test.clients(OLIVIA, "80000000-0000-4000-8000-000000000001").resources.resource_groups.get("rg")


@refusal(HttpResponseError, 400, "InvalidSubscriptionId", "'not-one'")
def no_subscription_at_all(test):
    return lambda: test.clients(OLIVIA, "not-one").resources.resource_groups.get("rg")


@refusal(ResourceNotFoundError, 404, "ResourceGroupNotFound", "Resource group 'rg-none' could not be found.")
def no_such_group(test):
    return lambda: create(test.clients(OLIVIA), "somewhere", "rg-none")


@refusal(ResourceNotFoundError, 404, "ResourceNotFound", f"The Resource '{INSTANCES}/none' under resource group 'rg-factory'")
def no_such_instance(test):
    return lambda: test.clients(OLIVIA).twins.digital_twins.get(GROUP, "none")


@refusal(ResourceExistsError, 409, "ResourceGroupBeingDeleted", "'rg-twins' is in deprovisioning state")
def a_group_on_its_way_out(test):
    settings(lro_seconds=600)
    olivia = test.clients(OLIVIA)
    olivia.resources.resource_groups.begin_delete("rg-twins", polling=False)
    return lambda: create(olivia, "too-late", "rg-twins")


@refusal(ResourceExistsError, 409, "InvalidResourceGroupLocation", "'northeurope'", "already exists in location 'westeurope'")
def a_group_does_not_move(test):
    return lambda: test.clients(OLIVIA).resources.resource_groups.create_or_update(GROUP, {"location": "northeurope"})


@refusal(ResourceExistsError, 409, "InvalidResourceLocation", "'factory-floor' already exists in location 'westeurope'")
def an_instance_does_not_move(test):
    return lambda: create(test.clients(OLIVIA), NAME, location="northeurope")


@refusal(HttpResponseError, 400, "LocationNotAvailableForResourceType", "'westus'", "'westcentralus,westus2,")
def not_offered_there(test):
    return lambda: create(test.clients(OLIVIA), "westward", location="westus")


@refusal(HttpResponseError, 400, "LocationRequired", "The location property is required for this definition.")
def no_place_given(test):
    # (As bytes: the package itself does not let an object without a location pass.)
    return lambda: test.clients(OLIVIA).twins.digital_twins.begin_create_or_update(GROUP, "nowhere", BytesIO(b"{}"))


@refusal(HttpResponseError, 400, "NoRegisteredProviderFound", "API version '2019-01-01'", "2023-01-31")
def an_api_version_that_never_was(test):
    return lambda: test.clients(OLIVIA, api_version="2019-01-01").twins.digital_twins.get(GROUP, NAME)


@refusal(ResourceExistsError, 409, "MissingSubscriptionRegistration", "namespace 'Microsoft.DigitalTwins'",
         "https://aka.ms/rps-not-found")
def not_registered_and_not_allowed_to(test):
    scope = f"/subscriptions/{DEVELOPMENT}/resourceGroups/rg-sandbox"
    admin("POST", "/role-assignments", {"principal": "nina@contoso.com", "role": "Contributor", "scope": scope})
    return lambda: create(test.clients(NINA, DEVELOPMENT), "first", "rg-sandbox", location="northeurope")


@refusal(ResourceExistsError, 409, "SubscriptionNotRegistered", "isn't registered with Subscription")
def not_registered_in_a_providers_words(test):
    admin("POST", "/faults", {"service": "arm", "method": "PUT", "status": 409, "code": "SubscriptionNotRegistered",
                              "message": "Resource provider [N/A] isn't registered with Subscription [N/A]."})
    return lambda: create(test.clients(OLIVIA), "first")


@refusal(ResourceExistsError, 409, "ReadOnlyDisabledSubscription", f"The subscription '{PRODUCTION}' is disabled")
def a_subscription_that_is_switched_off(test):
    admin("POST", f"/subscriptions/{PRODUCTION}/state", {"state": "Disabled"})
    return lambda: create(test.clients(OLIVIA), "late")


# Names and numbers

@refusal(HttpResponseError, 400, "ReservedResourceName", "'my-windows'", "trademarked or reserved word")
def a_word_that_is_not_for_everybody(test):
    return lambda: create(test.clients(OLIVIA), "my-windows")


@refusal(ResourceExistsError, 409, "AlreadyExists", "A DigitalTwins instance with the name 'factory-floor' already exists in region "
         "'westeurope'.")
def the_name_is_taken_in_the_region(test):
    return lambda: create(test.clients(OLIVIA), NAME, "rg-twins")


@refusal(HttpResponseError, 400, "BadRequest", f"Subscription '{PRODUCTION}' has '1' instances in this region.",
         "http://aka.ms/dtv2limits")
def one_too_many(test):
    settings(quota=1)
    return lambda: create(test.clients(OLIVIA), "second")


@refusal(ResourceExistsError, 409, "Conflict", "its state is 'Updating'")
def two_at_once(test):
    settings(lro_seconds=600)
    olivia = test.clients(OLIVIA)
    olivia.twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "b"}}, polling=False)
    return lambda: olivia.twins.digital_twins.begin_update(GROUP, NAME, {"tags": {"a": "c"}}, polling=False)


# Time-bound assignments

def asked(who, principal=NINA, **more):
    body = {"principal_id": principal, "role_definition_id": role(DATA_READER), "request_type": "AdminAssign",
            "justification": "request 42",
            "schedule_info": {"expiration": {"type": "AfterDuration", "duration": "P30D"}}, **more}
    return who.access.role_assignment_schedule_requests.create(FACTORY, str(uuid.uuid4()), body)


@refusal(HttpResponseError, 400, "AadPremiumLicenseRequired", "Microsoft Entra ID P2")
def no_licence(test):
    settings(premium_licence=False)
    return lambda: list(test.clients(OLIVIA).access.role_assignment_schedule_instances.list_for_scope(FACTORY))


@refusal(HttpResponseError, 400, "RoleAssignmentRequestPolicyValidationFailed", '["ExpirationRule","JustificationRule"]')
def against_the_rules(test):
    endless = {"expiration": {"type": "NoExpiration"}}
    return lambda: asked(test.clients(OLIVIA), schedule_info=endless, justification=None)


@refusal(HttpResponseError, 400, "RoleAssignmentExists", "The Role assignment already exists.")
def the_same_for_a_while(test):
    olivia = test.clients(OLIVIA)
    asked(olivia)
    return lambda: asked(olivia)


@refusal(HttpResponseError, 400, "SubjectNotFound")
def for_nobody(test):
    return lambda: asked(test.clients(OLIVIA), "70000000-0000-4000-8000-000000000003")


@refusal(HttpResponseError, 400, "RoleAssignmentDoesNotExist")
def nothing_to_take_away(test):
    return lambda: asked(test.clients(OLIVIA), request_type="AdminRemove")


@refusal(HttpResponseError, 400, "ActiveDurationTooShort", "5 minutes")
def taken_away_too_soon(test):
    olivia = test.clients(OLIVIA)
    asked(olivia)
    return lambda: asked(olivia, request_type="AdminRemove")


@refusal(HttpResponseError, 400, "RoleAssignmentRequestAcrsValidationFailed", "&claims=%7B%22access_token%22", "%22c1%22")
def activated_without_an_authentication_context(test):
    settings(pim_context="c1")
    body = {"principal_id": NINA, "role_definition_id": role(DATA_READER), "request_type": "AdminAssign",
            "justification": "request 42", "schedule_info": {"expiration": {"type": "AfterDuration", "duration": "P9D"}}}
    eligible = test.clients(OLIVIA).access.role_eligibility_schedule_requests.create(FACTORY, str(uuid.uuid4()), body)
    hour = {"expiration": {"type": "AfterDuration", "duration": "PT1H"}}
    linked = eligible.target_role_eligibility_schedule_id
    return lambda: asked(test.clients(NINA), request_type="SelfActivate", schedule_info=hour,
                         linked_role_eligibility_schedule_id=linked)


class ArmErrors(Case):
    def test_every_refusal_is_a_typed_error(self):
        for prepare, kind, status, code, words in ROWS:
            with self.subTest(prepare.__name__, code=code):
                self.setUp()
                self.refused(prepare(self), kind, status, code, *words)

    def test_a_policy_says_what_it_found(self):
        problem = self.refused(a_policy(self), HttpResponseError, 403, "RequestDisallowedByPolicy")
        self.assertEqual(problem.error.target, "disallowed")
        more, = problem.error.additional_info
        self.assertEqual((more.type, more.info["policyDefinitionEffect"], more.info["policyAssignmentScope"]),
                         ("PolicyViolation", "Deny", FACTORY_GROUP))
        found, = more.info["evaluationDetails"]["evaluatedExpressions"]
        self.assertEqual((found["path"], found["operator"], found["expressionValue"], found["targetValue"]),
                         ("location", "NotIn", "westeurope", ["northeurope"]))

    def test_a_missing_registration_names_the_provider(self):
        problem = self.refused(not_registered_and_not_allowed_to(self), ResourceExistsError, 409, "MissingSubscriptionRegistration")
        detail, = problem.error.details
        self.assertEqual((detail.code, detail.target), ("MissingSubscriptionRegistration", "Microsoft.DigitalTwins"))

    def test_a_taken_name_and_a_bad_one(self):
        olivia = self.clients(OLIVIA)
        for name, available, reason in [("free", True, None), ("Factory-Floor", False, "AlreadyExists"), ("-x-", False, "Invalid")]:
            with self.subTest(name):
                found = olivia.twins.digital_twins.check_name_availability("westeurope", {"name": name, "type": INSTANCES})
                self.assertEqual((found.name_available, found.reason), (available, reason))

    def test_somebody_elses_subscription_is_not_writable(self):
        development = self.clients(OLIVIA, DEVELOPMENT)
        self.refused(lambda: development.resources.resource_groups.create_or_update("rg-x", HERE), HttpResponseError, 403,
                     "AuthorizationFailed", "resourceGroups/write")
        paul = self.clients(PAUL, DEVELOPMENT)
        self.assertEqual(paul.resources.resource_groups.create_or_update("rg-x", HERE).name, "rg-x")


if __name__ == "__main__":
    unittest.main()
