# SPDX-License-Identifier: Apache-2.0
"""The compute service's official client, in front of which the start gate stands."""

import unittest

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkecs.v2 import (
    BatchRebootServersRequest, BatchRebootServersRequestBody, BatchRebootSeversOption, BatchStartServersOption,
    BatchStartServersRequest, BatchStartServersRequestBody, BatchStopServersOption, BatchStopServersRequest,
    BatchStopServersRequestBody, DetachServerVolumeRequest, ServerId, ShowJobRequest, ShowServerRequest)

import scene
from scene import Scene
from test_orders import order

ACTION = f"/v1/{scene.PROJECT}/cloudservers/action"


class ServerTests(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.scene.report(ago=120)
        self.scene.report()
        self.client = self.scene.servers()

    def start(self, *servers):
        option = BatchStartServersOption(servers=[ServerId(id=server) for server in servers])
        return self.client.batch_start_servers(
            BatchStartServersRequest(body=BatchStartServersRequestBody(os_start=option)))

    def stop(self, *servers):
        option = BatchStopServersOption(servers=[ServerId(id=server) for server in servers], type="HARD")
        return self.client.batch_stop_servers(
            BatchStopServersRequest(body=BatchStopServersRequestBody(os_stop=option)))

    def reboot(self, *servers):
        option = BatchRebootSeversOption(servers=[ServerId(id=server) for server in servers], type="SOFT")
        return self.client.batch_reboot_servers(
            BatchRebootServersRequest(body=BatchRebootServersRequestBody(reboot=option)))

    def detach(self, volume):
        return self.client.detach_server_volume(
            DetachServerVolumeRequest(server_id=scene.SERVER, volume_id=volume))

    def held(self, call):
        with self.assertRaises(ClientRequestException) as caught:
            call()
        error = caught.exception
        self.assertEqual((error.status_code, error.error_code), (400, "WIR.0212"), error)
        self.assertIn(scene.SERVER, error.error_msg)
        self.assertRegex(error.request_id, "^[0-9a-f]{32}$")

    def test_what_is_read_passes(self):
        server = self.client.show_server(ShowServerRequest(server_id=scene.SERVER)).server
        self.assertEqual((server.id, server.status), (scene.SERVER, "ACTIVE"))

    def test_a_server_whose_image_is_made_stays_as_it_is(self):
        images = self.scene.images()
        for source in [{"instance_id": scene.SERVER}, {"backup_id": scene.cbr(10), "whole_image_type": "CBR"}]:
            with self.subTest(**source):
                job = order(images, **source)
                sent = self.scene.asked("POST", ACTION)
                self.held(lambda: self.start(scene.SERVER))
                self.held(lambda: self.stop(scene.SERVER))
                self.held(lambda: self.reboot(scene.STOPPED, scene.SERVER))
                self.held(lambda: self.detach(scene.SYSTEM_VOLUME))
                self.assertEqual(self.scene.asked("POST", ACTION), sent)
                self.assertTrue(self.start(scene.STOPPED).job_id)
                # Once the job is over the server is free, whether somebody asked for the job or not.
                answer = scene.wait_until(lambda: self.begun(lambda: self.start(scene.SERVER)))
                self.assertEqual(self.client.show_job(ShowJobRequest(job_id=answer.job_id)).job_id, answer.job_id)
                self.assertEqual(
                    self.scene.call("GET", f"/v1/cloudimages/job/{job}").json["status"], "SUCCESS")

    @staticmethod
    def begun(call):
        """The answer, or none while the server is held."""
        try:
            return call()
        except ClientRequestException as error:
            if error.error_code != "WIR.0212":
                raise
            return None

    def test_other_volumes_may_go(self):
        order(self.scene.images(), instance_id=scene.SERVER)
        self.held(lambda: self.detach(scene.SYSTEM_VOLUME))
        self.assertTrue(self.detach(scene.DATA_VOLUME).job_id)


if __name__ == "__main__":
    unittest.main()
