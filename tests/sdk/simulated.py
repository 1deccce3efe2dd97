"""Starts the simulator for the tests of a run and leads Microsoft's packages to it.

Azure's host names go through the simulator's own proxy, and its authority is the only one trusted, so that nothing of a
package has to be changed and nothing can reach the real Azure.
"""

import atexit
import json
import os
import re
import subprocess
import tempfile

from keys import FEDERATED, REGISTERED

TENANT = "7f9f2c9e-3c1c-4c6b-9b0a-2a1d6f0e4b10"
CLIENT = "2f1c7c1e-5d0b-4d3c-9a2e-7d1b8f6a9c01"
SECRET = "twindesk-demo-secret~not-a-real-one"
ROBOT = "31000000-aaaa-4000-8000-000000000001"
ROBOT_SECRET = "factory-sync-secret~not-a-real-one"
CALLBACK = "http://localhost:8400/auth/callback"
PRODUCTION = "a1b2c3d4-0000-4000-8000-000000000001"
DEVELOPMENT = "a1b2c3d4-0000-4000-8000-000000000002"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
LOGIN = "https://login.microsoftonline.com"
AUTHORITY = f"{LOGIN}/{TENANT}"
ARM = "https://management.azure.com/.default"
TWINS = "https://digitaltwins.azure.net/.default"
IMPERSONATE = "https://management.azure.com/user_impersonation"

OLIVIA = "10000000-aaaa-4000-8000-000000000001"
UMA = "10000000-aaaa-4000-8000-000000000003"
NINA = "10000000-aaaa-4000-8000-000000000004"
GREG = "10000000-aaaa-4000-8000-000000000006"
PAUL = "10000000-aaaa-4000-8000-000000000007"
# In a tenant that has no guest in the other and none from there.
LITWARE = "5d0b0000-0000-4000-8000-000000000001"
LENA = "5d0b0000-0000-4000-8000-000000000002"
FACTORY_SYNC = "30000000-aaaa-4000-8000-000000000001"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ACCESS_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
DATA_OWNER = "bcd981a7-7f74-457b-83e1-cceb9e632ffe"
DATA_READER = "d57506d4-4c8d-48b1-8587-93c323f6a5a3"

INSTANCES = "Microsoft.DigitalTwins/digitalTwinsInstances"
FACTORY_GROUP = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-factory"
FACTORY = f"{FACTORY_GROUP}/providers/{INSTANCES}/factory-floor"
NETWORK = f"{FACTORY_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-factory"
SUBNET = f"{NETWORK}/subnets/private-endpoints"


def role(guid, subscription=PRODUCTION):
    """The id of a role definition."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def _world(simulator):
    """The demo's, with a certificate for the robot and another tenant with one person."""
    world = json.loads(subprocess.check_output([simulator, "--print-world"]))
    world["tenants"].append({"id": LITWARE, "name": "Litware", "domain": "litware.example"})
    world["people"].append({"id": LENA, "tenant": LITWARE, "upn": "lena@litware.example"})
    # The stories begin with an instance on which nothing hangs yet.
    floor, = [row for row in world["instances"] if row["name"] == "factory-floor"]
    floor["identity"] = None
    hangs = "/digitaltwinsinstances/factory-floor/"
    world["resources"] = [row for row in world["resources"] if hangs not in row["id"].lower()]
    robot, = [row for row in world["applications"] if row["client_id"] == ROBOT]
    robot["certificates"] = [REGISTERED.decode()]
    return world


def _start():
    simulator = os.environ["TWINDESK_TEST_SIMULATOR"]
    folder = tempfile.TemporaryDirectory(prefix="simulator-")

    def written(name, content):
        path = os.path.join(folder.name, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    authority = os.path.join(folder.name, "authority.pem")
    process = subprocess.Popen(
        [simulator, "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--tls-ca", authority,
         "--world", written("world.json", json.dumps(_world(simulator)).encode()),
         "--certificate", written("certificate.pem", REGISTERED),
         "--federated", written("federated.json", json.dumps(FEDERATED).encode())],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NO_COLOR": "1", "RUST_LOG": "info"},
    )

    def stop():
        process.terminate()
        process.wait()
        process.stdout.close()
        folder.cleanup()

    atexit.register(stop)
    base = proxy = None
    for line in process.stdout:
        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
        base = (re.search(r"base=(\S+)", line) or [None, base])[1]
        proxy = (re.search(r"proxy=(\S+)", line) or [None, proxy])[1]
        if base and proxy:
            break
    else:
        raise RuntimeError("the simulator did not start")
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(HTTPS_PROXY=f"http://{proxy}", NO_PROXY="127.0.0.1,localhost", REQUESTS_CA_BUNDLE=authority)
    return base.rstrip("/")


BASE = _start()

import requests  # noqa: E402  (after the environment is set)


def admin(method, path, body=None):
    """How tests bend the simulated world."""
    answer = requests.request(method, f"{BASE}/admin{path}", json={} if body is None else body, timeout=20)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def settings(**changed):
    admin("PATCH", "/settings", changed)


def later(seconds):
    """The simulator's clock goes on; that of the packages does not."""
    admin("POST", "/clock", {"advance_seconds": int(seconds)})


def calls(method, ending):
    """How often this was called since the start of the test."""
    seen = [call for call in admin("GET", "/calls") if call["method"] == method]
    return len([call for call in seen if call["path"].lower().endswith(ending.lower())])


def fresh():
    """The first day again, with nothing to wait for."""
    admin("POST", "/reset")
    settings(lro_seconds=0, retry_after=0, registration_seconds=0, role_propagation_seconds=0, replication_seconds=0,
             device_interval=1, recent_challenges=True, check_shapes=True)
