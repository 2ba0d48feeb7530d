# SPDX-License-Identifier: Apache-2.0
"""The description of the API is a valid one, and what the collector answers is in it."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import openapi_spec_validator

import scene
from scene import Scene

# An order that must not be made is refused, however right it is; other methods of the cloud's paths are the cloud's;
# and what is wrong beside what a call reads, as a header that nobody knows, is no fault. So three checks are not made:
# positive_data_acceptance, unsupported_method, negative_data_rejection.
CHECKS = ",".join([
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "missing_required_header", "allow_header_conformance", "use_after_free",
    "ensure_resource_availability", "ignored_auth",
])
SEED = os.environ.get("WHOLEIMAGE_CLIENT_SEED", "1")
EXAMPLES = os.environ.get("WHOLEIMAGE_CLIENT_EXAMPLES", "40")


class DescriptionTests(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.scene.report(ago=120)
        self.scene.report_all()

    def test_the_documents_are_valid(self):
        for url in (self.scene.url, self.scene.compute_url):
            # Without any identity.
            answer = self.scene.send("GET", url + "/openapi.json")
            self.assertEqual(answer.headers["Content-Type"], "application/json")
            openapi_spec_validator.validate(answer.json)
            broken = json.loads(answer.body)
            del broken["info"]["title"]
            with self.assertRaises(Exception):
                openapi_spec_validator.validate(broken)

    def test_what_is_answered_is_described(self):
        for url in (self.scene.url, self.scene.compute_url):
            with self.subTest(url=url):
                run = subprocess.run(
                    [pathlib.Path(sys.executable).with_name("schemathesis"),
                     "--config-file", pathlib.Path(__file__).with_name("schemathesis.toml"),
                     "run", url + "/openapi.json", "--header", f"Authorization: Bearer {scene.OPERATOR}",
                     "--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", SEED, "--request-timeout", "30"],
                    cwd=self.scene.folder.name, capture_output=True, text=True, timeout=300, check=False)
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                print(*(line for line in run.stdout.splitlines() if "generated" in line))
        errors = [line for line in self.scene.collector.lines if "a call failed" in line]
        self.assertEqual(errors, [])


if __name__ == "__main__":
    unittest.main()
