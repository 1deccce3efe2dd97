"""Azure's command line, if it is installed: `az login` with a device code, then what an administrator would do.

    python3 -m venv .venv-az && .venv-az/bin/pip install azure-cli
    PATH=$PWD/.venv-az/bin:$PATH tests/sdk/run test_command_line
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from simulated import DATA_OWNER, NINA, OLIVIA, PRODUCTION, TENANT, approve_device, fresh

GROUP = f"/subscriptions/{PRODUCTION}/resourceGroups/rg-az"


@unittest.skipUnless(shutil.which("az"), "az is not installed")
class CommandLine(unittest.TestCase):
    def setUp(self):
        fresh()
        folder = tempfile.TemporaryDirectory(prefix="az-")
        self.addCleanup(folder.cleanup)
        self.environment = {**os.environ, "AZURE_CONFIG_DIR": folder.name, "AZURE_CORE_COLLECT_TELEMETRY": "false",
                            "AZURE_CORE_LOGIN_EXPERIENCE_V2": "false", "AZURE_CORE_ONLY_SHOW_ERRORS": "false"}

    def az(self, *words):
        done = subprocess.run(["az", *words, "--output", "json"], env=self.environment, text=True, capture_output=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def log_in(self):
        with subprocess.Popen(["az", "login", "--use-device-code", "--tenant", TENANT], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as login:
            told = ""
            for line in login.stderr:
                told += line
                if found := re.search(r"open the page (\S+) and enter the code (\S+)", line):
                    approve_device(found[1], found[2], OLIVIA)
                    break
            rest, problems = login.communicate(timeout=120)
        self.assertEqual(login.returncode, 0, told + problems)
        return json.loads(rest)

    def test_what_an_administrator_does(self):
        accounts = self.log_in()
        self.assertIn(PRODUCTION, [row["id"] for row in accounts])
        self.az("account", "set", "--subscription", PRODUCTION)
        self.az("group", "create", "--name", "rg-az", "--location", "westeurope")
        made = self.az("resource", "create", "--resource-group", "rg-az", "--name", "az-twins", "--resource-type",
                       "Microsoft.DigitalTwins/digitalTwinsInstances", "--api-version", "2023-01-31", "--location",
                       "westeurope", "--properties", "{}")
        self.assertEqual(made["properties"]["provisioningState"], "Succeeded")
        row = self.az("role", "assignment", "create", "--role", DATA_OWNER, "--assignee-object-id", NINA,
                      "--assignee-principal-type", "User", "--scope", made["id"])
        self.assertEqual(row["principalId"], NINA)
        listed = self.az("role", "assignment", "list", "--scope", made["id"])
        self.assertEqual([found["name"] for found in listed], [row["name"]])
        self.az("role", "assignment", "delete", "--ids", row["id"])
        self.assertEqual(self.az("role", "assignment", "list", "--scope", made["id"]), [])
        identity = self.az("identity", "create", "--resource-group", "rg-az", "--name", "id-az", "--location", "westeurope")
        self.assertEqual(identity["tenantId"], TENANT)
        rest = self.az("rest", "--method", "get", "--url", f"https://management.azure.com{GROUP}?api-version=2021-04-01")
        self.assertEqual(rest["name"], "rg-az")
        self.az("resource", "delete", "--ids", made["id"])


if __name__ == "__main__":
    unittest.main()
