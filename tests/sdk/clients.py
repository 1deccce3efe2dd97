"""Microsoft's management clients for the tests, and what the tests have in common."""

import unittest

from people import Signed
from simulated import PRODUCTION, fresh, later

from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.digitaltwins import AzureDigitalTwinsManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.privatedns import PrivateDnsManagementClient
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.locks import ManagementLockClient
from azure.mgmt.resource.policy import PolicyClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.resourcegraph import ResourceGraphClient

KINDS = {
    "access": AuthorizationManagementClient,
    "deployments": DeploymentsMgmtClient,
    "graph": ResourceGraphClient,
    "identities": ManagedServiceIdentityClient,
    "locks": ManagementLockClient,
    "networks": NetworkManagementClient,
    "policies": PolicyClient,
    "resources": ResourceManagementClient,
    "subscriptions": SubscriptionClient,
    "twins": AzureDigitalTwinsManagementClient,
    "zones": PrivateDnsManagementClient,
}
OF_THE_TENANT = {"graph", "subscriptions"}
# Nobody waits for an answer that is asked for twice.
QUICK = {"retry_total": 2, "retry_backoff_factor": 0, "polling_interval": 0}


class Patient(RequestsTransport):
    """Where a package would sleep, the simulator's clock goes on instead."""

    def __init__(self, **options):
        super().__init__(**options)
        self.slept = []

    def sleep(self, duration):
        self.slept.append(duration)
        later(duration)


class Clients:
    """One credential's clients for one subscription, each made when it is first named."""

    def __init__(self, test, credential, subscription=PRODUCTION, **options):
        self.test, self.credential, self.subscription = test, credential, subscription
        self.options = {**QUICK, **options}

    def __getattr__(self, name):
        arguments = [self.credential] if name in OF_THE_TENANT else [self.credential, self.subscription]
        made = KINDS[name](*arguments, **self.options)
        self.test.addCleanup(made.close)
        setattr(self, name, made)
        return made


class Case(unittest.TestCase):
    """A test that begins on the first day."""

    def setUp(self):
        fresh()

    def clients(self, who, subscription=PRODUCTION, **options):
        """Of a person, or of a credential."""
        return Clients(self, Signed(who) if isinstance(who, str) else who, subscription, **options)

    def refused(self, call, kind, status, code, *words):
        """The package raises just this type for this answer, and its message says these words."""
        with self.assertRaises(kind) as caught:
            call()
        problem = caught.exception
        self.assertIs(type(problem), kind)
        self.assertEqual((problem.status_code, problem.error and problem.error.code), (status, code), problem.message)
        for word in words:
            self.assertIn(word, problem.error.message)
        return problem
