# SPDX-License-Identifier: Apache-2.0
"""Who may call, and as whom it goes on: signatures, tokens of the cloud, and tokens of the collector's own."""

import unittest

from huaweicloudsdkcore.http.http_handler import HttpHandler

import scene
from scene import Scene
from test_orders import order
from test_refusals import RefusalCase

ORDER = {"name": "whole-web", "instance_id": scene.SERVER}
PATH = "/v1/cloudimages/wholeimages/action"


class IdentityTests(RefusalCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.scene.report()

    def test_tokens_of_every_kind(self):
        for headers in [
            {"Authorization": f"Bearer {scene.ORCHESTRATOR}"}, {"X-Auth-Token": scene.ORCHESTRATOR},
            {"X-Auth-Token": scene.CLOUD_TOKEN},
            {"X-Auth-Token": scene.CLOUD_TOKEN, "X-Project-Id": scene.PROJECT},
        ]:
            with self.subTest(**headers):
                answer = self.scene.send("POST", self.scene.url + PATH, ORDER, headers)
                self.assertEqual(answer.status, 200, answer.body)
                path = f"/v1/cloudimages/job/{answer.json['job_id']}"
                shown = scene.wait_until(lambda: next(
                    (shown for shown in [self.scene.send("GET", self.scene.url + path, headers=headers)]
                     if shown.status != 200 or shown.json["status"] == "SUCCESS"), None))
                self.assertEqual(shown.status, 200, shown.body)

    def test_callers_that_are_not_known(self):
        for code, status, headers in [
            ("WIR.0006", 401, {}), ("WIR.0006", 401, {"Authorization": "Bearer none"}),
            ("APIGW.0301", 401, {"X-Auth-Token": "none"}), ("APIGW.0301", 401, {"X-Auth-Token": scene.EXPIRED_TOKEN}),
            ("WIR.0007", 403, {"Authorization": f"Bearer {scene.AGENT}"}),
            ("WIR.0008", 403, {"Authorization": f"Bearer {scene.ORCHESTRATOR}", "X-Project-Id": scene.OTHER_PROJECT}),
            # A caller of another project sees neither guest nor server.
            ("IMG.0005", 400, {"Authorization": f"Bearer {scene.STRANGER}"}),
            ("IMG.0005", 400, {"X-Auth-Token": scene.OTHER_CLOUD_TOKEN}),
        ]:
            with self.subTest(code=code, **headers):
                answer = self.scene.send("POST", self.scene.url + PATH, ORDER, headers)
                self.assertEqual((answer.status, answer.json["error"]["code"]), (status, code))
                self.assertEqual("WWW-Authenticate" in answer.headers, status == 401)
        self.assertEqual(self.scene.orders(), 0)

    def test_signatures_that_are_not_good(self):
        for access, secret in [(scene.ACCESS, "WRONG" + scene.SECRET), ("EXAMPLEAKEXAMPLEAK09", scene.SECRET)]:
            client = self.scene.images(access, secret)
            self.refused("APIGW.0301", lambda: order(client, instance_id=scene.SERVER), 401)
        other = self.scene.images(project=scene.OTHER_PROJECT)
        self.refused("WIR.0008", lambda: order(other, instance_id=scene.SERVER), 403)
        self.assertEqual(self.scene.orders(), 0)

    def test_a_signed_request_that_was_changed_on_its_way(self):
        sent = []
        handler = HttpHandler().add_response_handler(lambda response, **_: sent.append(response.request))
        order(self.scene.images(handler=handler), instance_id=scene.SERVER)
        request = sent[-1]
        headers = {key: value for key, value in request.headers.items() if key != "Content-Length"}
        body = request.body if isinstance(request.body, bytes) else request.body.encode()
        again = self.scene.send("POST", request.url, body, headers)
        self.assertEqual(again.status, 200)
        changed = self.scene.send("POST", request.url, body.replace(b"whole-web", b"whole-wex"), headers)
        self.assertEqual((changed.status, changed.json["error"]["code"]), (401, "APIGW.0301"))
        self.assertEqual(self.scene.orders(), 1)


if __name__ == "__main__":
    unittest.main()
