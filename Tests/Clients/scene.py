# SPDX-License-Identifier: Apache-2.0
"""A collector in front of a simulated cloud, both real programs, and what the official clients need to call them."""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import openstack
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkecs.v2 import EcsClient
from huaweicloudsdkims.v2 import ImsClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ["WHOLEIMAGE_BINARIES"])

# What packaging/simulator/example-state.json holds.
PROJECT = "0123456789abcdef0123456789abcdef"
OTHER_PROJECT = "fedcba9876543210fedcba9876543210"
ACCESS, SECRET = "EXAMPLEAKEXAMPLEAK00", "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"
CLOUD_TOKEN, OTHER_CLOUD_TOKEN, EXPIRED_TOKEN = "example-token", "other-project-token", "expired-token"
USER, PASSWORD, DOMAIN = "example", "example-password", "simulated"
SERVER = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
ON_DEDICATED_STORAGE = "5d1b1f4e-6c1e-4b57-8a4e-1f0d2c3b4a51"
WITH_SHARED_VOLUME = "c0ffee00-1d2e-4f3a-8b4c-5d6e7f809101"
STOPPED = "0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f60"
BUSY = "3e9d2c1b-7a65-4f43-b210-9f8e7d6c5b4a"
SYSTEM_VOLUME, DATA_VOLUME = "128d5bfd-f215-487f-9a4b-54bb0e5c1d02", "62f0d06b-808d-480d-8f2a-0c4a1d6be001"
NOBODY = "00000000-0000-4000-8000-00000000dead"
# The moment that the example is about: its backups were made then, its servers changed last.
MOMENT = "2026-01-10T08:00:00"

# Tokens of the collector's own.
AGENT, ORCHESTRATOR, OPERATOR, STRANGER = "an-agent's", "an-orchestrator's", "an-operator's", "nobody's"


def cbr(number):
    """The id of one of the backups of CBR."""
    return f"9b27efab-4a17-4c06-bfa2-3e0cf021d3{number}"


def csbs(number):
    """The id of one of the backups of CSBS."""
    return f"70675cbc-d3a8-43a7-9f81-c8b6bc3f5d{number}"


def image(number):
    """The id of one of the images."""
    return f"fe84dd80-0229-4918-8d3d-cbb33154b5{number}"


def vault(number):
    """The id of one of the vaults."""
    return f"de9fcf45-11b2-432c-8562-5c54285746{number}"


class Program:
    """One of the binaries while it runs; its messages are kept."""

    def __init__(self, name, *arguments):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("WHOLEIMAGE_")}
        self.process = subprocess.Popen(
            [BINARIES / name, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=clean, text=True, encoding="utf-8")
        self.lines = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def said(self, text, ending=""):
        """What a message says between a text and an ending, once it has been said."""
        def found():
            return [line for line in self.lines if text in line and line.endswith(ending)]
        with self.changed:
            if not self.changed.wait_for(found, timeout=60):
                raise RuntimeError(f"never said {text}: {self.lines}")
            return found()[0].split(text, 1)[1].removesuffix(ending)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


class Answer:
    """An answer to a plain HTTP request."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Scene:
    """Both programs, with a database and a state of their own; what the state tells of happened a minute ago."""

    def __init__(self, *options, faults=()):
        self.folder = tempfile.TemporaryDirectory(prefix="wholeimage-clients-")
        self.programs = []
        self.sequence = 0
        folder = pathlib.Path(self.folder.name)
        moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=60)
        example = (ROOT / "packaging/simulator/example-state.json").read_text()
        state = json.loads(example.replace(MOMENT, moment.strftime("%Y-%m-%dT%H:%M:%S")))
        state["settings"]["job_seconds"] = 1
        state["faults"] = list(faults)
        (folder / "state.json").write_text(json.dumps(state))
        entries = [
            {"name": "agent", "token": AGENT, "role": "agent", "projects": [PROJECT]},
            {"name": "orchestrator", "token": ORCHESTRATOR, "role": "orchestrator", "projects": [PROJECT],
             "forward_as": CLOUD_TOKEN},
            {"name": "operator", "token": OPERATOR, "role": "operator", "projects": [PROJECT],
             "forward_as": CLOUD_TOKEN},
            {"name": "stranger", "token": STRANGER, "role": "orchestrator", "projects": [OTHER_PROJECT],
             "forward_as": OTHER_CLOUD_TOKEN},
        ]
        for entry in entries:
            entry["sha256"] = hashlib.sha256(entry.pop("token").encode()).hexdigest()
        keys = [{"access": ACCESS, "secret": SECRET, "role": "orchestrator", "projects": [PROJECT]}]
        credentials = folder / "credentials.json"
        credentials.touch(mode=0o600)
        credentials.write_text(json.dumps({"tokens": entries, "keys": keys}))
        try:
            self.cloud = self._start(
                "wholeimage-simulator", "cloud", "--listen", "127.0.0.1:0", "--state", folder / "state.json")
            self.cloud_url = "http://" + self.cloud.said("the cloud is at http://")
            services = [f"--{name}-url={self.cloud_url}" for name in ("ims", "ecs", "evs", "cbr", "csbs", "iam")]
            self.collector = self._start(
                "wholeimage-collector", "serve", "--listen", "127.0.0.1:0", "--ecs-listen", "127.0.0.1:0",
                "--database", f"sqlite:{folder / 'collector.db'}", "--credentials", credentials,
                "--failure-limit", "off", "--decision-limit", "off", "--report-limit", "off", *services, *options)
            compute = " in front of the compute service"
            self.compute_url = "http://" + self.collector.said("serving http://", compute)
            self.url = next(
                "http://" + line.split("serving http://", 1)[1] for line in self._listening() if compute not in line)
        except Exception:
            self.close()
            raise

    def _start(self, *command):
        program = Program(*command)
        self.programs.append(program)
        return program

    def _listening(self):
        """The lines that tell where the collector listens, once there are two."""
        def found():
            return [line for line in self.collector.lines if "serving http://" in line]
        with self.collector.changed:
            if not self.collector.changed.wait_for(lambda: len(found()) == 2, timeout=60):
                raise RuntimeError(f"does not listen: {self.collector.lines}")
        return found()

    def close(self):
        for program in reversed(self.programs):
            program.stop()
        self.folder.cleanup()

    # MARK: plain requests

    @staticmethod
    def send(method, url, body=None, headers=None):
        """Sends a plain request; a body that is no bytes is sent as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method, headers={
            "Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def call(self, method, path, body=None, token=ORCHESTRATOR, **headers):
        """Calls the collector with one of its own tokens."""
        return self.send(method, self.url + path, body, {"Authorization": f"Bearer {token}", **headers})

    def report(self, server=SERVER, fixture="ready", ago=0):
        """A guest's agent reports what it saw so many seconds ago."""
        facts = json.loads((ROOT / f"Tests/Fixtures/collector/{fixture}.json").read_text())
        facts["guest"]["instance_id"] = server
        self.sequence += 1
        answer = self.call("PUT", f"/v1/guests/{server}/facts", facts, token=AGENT, **{
            "Wholeimage-Report-Sequence": str(self.sequence), "Wholeimage-Inspected-Ago-Ms": str(ago * 1000)})
        assert answer.status == 202, answer.body

    def report_all(self):
        """Guests report what they see now."""
        for server in (SERVER, ON_DEDICATED_STORAGE, WITH_SHARED_VOLUME, BUSY):
            self.report(server)

    def orders(self):
        """How many orders of whole images the cloud was sent."""
        path = "/_simulator/requests?route=POST%20/v1/cloudimages/wholeimages/action"
        return self.send("GET", self.cloud_url + path).json["count"]

    def asked(self, method, path):
        """How often the cloud was asked for something."""
        route = urllib.parse.quote(f"{method} {path}")
        return self.send("GET", f"{self.cloud_url}/_simulator/requests?route={route}").json["count"]

    # MARK: the official clients

    def images(self, access=ACCESS, secret=SECRET, project=PROJECT, handler=None):
        """The official client of the image service, pointed at the collector."""
        return self._client(ImsClient, self.url, access, secret, project, handler)

    def servers(self):
        """The official client of the compute service, pointed at the collector."""
        return self._client(EcsClient, self.compute_url, ACCESS, SECRET, PROJECT)

    @staticmethod
    def _client(kind, url, access, secret, project, handler=None):
        config = HttpConfig.get_default_config()
        config.timeout = (10, 60)
        builder = kind.new_builder().with_http_config(config).with_endpoints([url])
        if handler:
            builder = builder.with_http_handler(handler)
        return builder.with_credentials(BasicCredentials(access, secret, project)).build()

    def openstack(self):
        """openstacksdk, with a token of the simulated identity service and the collector as both services."""
        return openstack.connection.Connection(
            auth_type="v3password", auth={
                "auth_url": self.cloud_url + "/v3", "username": USER, "password": PASSWORD,
                "user_domain_name": DOMAIN, "project_id": PROJECT,
            }, region_name="simulated-1", image_endpoint_override=self.url + "/v2",
            compute_endpoint_override=f"{self.compute_url}/v2.1/{PROJECT}")


def wait_until(condition, seconds=60):
    """Asks again and again until something holds; what it gave then."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError("it never came true")
