# SPDX-License-Identifier: Apache-2.0
"""Every refusal, as the image service's official client reads it."""

import unittest

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServerResponseException
from huaweicloudsdkims.v2 import (
    BatchAddMembersRequest, BatchAddMembersRequestBody, CopyImageInRegionRequest, CopyImageInRegionRequestBody,
    ExportImageRequest, ExportImageRequestBody, GlanceAddImageMemberRequest, GlanceAddImageMemberRequestBody,
    ShowJobProgressRequest, ShowJobRequest, TagKeyValue)

import scene
from scene import Scene
from test_orders import order

# What is wrong with an order, and the cloud's code for it.
WRONG = [
    ("IMG.0013", {"name": ""}), ("IMG.0002", {"name": "n" * 129}), ("IMG.0003", {"name": " n"}),
    ("IMG.0003", {"name": "n/n"}), ("IMG.0004", {"description": "d" * 1025}), ("IMG.0054", {"description": "<d>"}),
    ("IMG.0054", {"description": "d\nd"}), ("IMG.0115", {"tags": [".v"]}), ("IMG.0115", {"tags": ["k" * 37]}),
    ("IMG.0115", {"tags": ["k." + "v" * 44]}), ("IMG.0116", {"tags": [f"k{n}" for n in range(11)]}),
    ("IMG.0115", {"image_tags": [TagKeyValue(key="", value="v")]}),
    ("IMG.0115", {"tags": ["k"], "image_tags": [TagKeyValue(key="k", value="v")]}),
    ("IMG.0155", {"enterprise_project_id": "none"}), ("IMG.0055", {"min_ram": -1}),
    ("IMG.0055", {"min_ram": 2, "max_ram": 1}), ("IMG.0184", {"vault_id": "none"}),
    ("IMG.0012", {"instance_id": ""}), ("IMG.0031", {"instance_id": "none"}),
    ("IMG.0157", {"backup_id": scene.cbr(10)}), ("IMG.0021", {"whole_image_type": "cbr"}),
]

# What an image is asked of, and why there is none.
FORBIDDEN = [
    ("IMG.0153", "disk-on-dedicated-storage", {"instance_id": scene.ON_DEDICATED_STORAGE}),
    ("IMG.0010", "server-not-settled", {"instance_id": scene.BUSY}),
    ("IMG.0005", "server-not-settled", {"instance_id": scene.NOBODY}),
    ("IMG.0188", "vault-unusable", {"instance_id": scene.SERVER, "vault_id": scene.vault("01")}),
    ("IMG.0193", "vault-unusable", {"instance_id": scene.SERVER, "vault_id": scene.vault("02")}),
    ("IMG.0184", "vault-unusable", {"instance_id": scene.SERVER, "vault_id": scene.vault("09")}),
    ("IMG.0029", "backup-already-imaged", {"backup_id": scene.cbr(11), "whole_image_type": "CBR"}),
    ("IMG.0032", "backup-not-available", {"backup_id": scene.cbr(13), "whole_image_type": "CBR"}),
    ("IMG.0033", "backup-not-available", {"backup_id": scene.cbr(14), "whole_image_type": "CBR"}),
    ("IMG.0020", "backup-not-available", {"backup_id": scene.cbr(19), "whole_image_type": "CBR"}),
    ("IMG.0134", "backup-already-imaged", {"backup_id": scene.csbs(11)}),
    ("WIR.0210", "backup-with-shared-volume", {"backup_id": scene.csbs(12)}),
    ("IMG.0132", "backup-not-available", {"backup_id": scene.csbs(13)}),
    ("IMG.0127", "backup-not-available", {"backup_id": scene.csbs(19)}),
    ("IMG.0198", "backup-not-available", {"backup_id": scene.cbr(10)}),
]


class RefusalCase(unittest.TestCase):
    """Holds refusals to what the client exposes of them."""

    def refused(self, code, call, status=400, kind=ClientRequestException):
        with self.assertRaises(kind) as caught:
            call()
        error = caught.exception
        self.assertEqual((error.status_code, error.error_code), (status, code), error)
        self.assertRegex(error.request_id, "^[0-9a-f]{32}$")
        self.assertTrue(error.error_msg.strip())
        return error

    def decided(self, error, rule):
        """The decision that a refusal names, which must say the same."""
        decision = error.error_msg.rstrip(".。 ").split(" ")[-1]
        record = self.scene.call("GET", f"/v1/decisions/{decision}").json
        self.assertEqual(record["decision"], "deny")
        self.assertEqual((record["refusal"]["code"], record["refusal"].get("rule")), (error.error_code, rule))
        replay = self.scene.call("POST", f"/v1/decisions/{decision}/replay").json
        self.assertEqual(replay["result"], "same")
        return record


class RefusalTests(RefusalCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.scene.report(ago=120)
        cls.scene.report_all()
        cls.client = cls.scene.images()

    def tearDown(self):
        self.assertEqual(self.scene.orders(), 0, "the cloud was sent an order")

    def test_wrong_orders(self):
        for code, members in WRONG:
            with self.subTest(code=code, **members):
                # The right one is put beside the wrong one, so that nothing else is wrong.
                self.refused(code, lambda: order(self.client, **{"instance_id": scene.SERVER, **members}))

    def test_orders_that_must_not_be(self):
        for code, rule, members in FORBIDDEN:
            with self.subTest(code=code, **members):
                error = self.refused(code, lambda: order(self.client, **members))
                self.assertEqual(self.decided(error, rule)["verdict"], "not_ready")

    def test_a_guest_that_never_reported(self):
        error = self.refused("WIR.0101", lambda: order(self.client, instance_id=scene.STOPPED))
        self.assertEqual(self.decided(error, None)["verdict"], "undetermined")

    def test_what_a_whole_image_must_not_undergo(self):
        export = ExportImageRequestBody(bucket_url="bucket:file.qcow2", file_format="qcow2")
        copy = CopyImageInRegionRequestBody(name="copy")
        share = BatchAddMembersRequestBody(images=[scene.image(66)], projects=[scene.OTHER_PROJECT])
        native = GlanceAddImageMemberRequestBody(member=scene.OTHER_PROJECT)
        for code, rule, call in [
            ("IMG.0128", "whole-image-exported",
             lambda: self.client.export_image(ExportImageRequest(image_id=scene.image(65), body=export))),
            ("IMG.0130", "whole-image-copied-in-region",
             lambda: self.client.copy_image_in_region(CopyImageInRegionRequest(image_id=scene.image(65), body=copy))),
            ("IMG.0135", "whole-image-not-shareable",
             lambda: self.client.batch_add_members(BatchAddMembersRequest(body=share))),
            ("IMG.0135", "whole-image-not-shareable",
             lambda: self.client.glance_add_image_member(
                 GlanceAddImageMemberRequest(image_id=scene.image(67), body=native))),
        ]:
            with self.subTest(rule=rule):
                self.decided(self.refused(code, call), rule)

    def test_a_job_that_there_is_not(self):
        self.refused("IMG.0023", lambda: self.client.show_job_progress(ShowJobProgressRequest(job_id="f" * 32)))
        self.refused("IMG.0023", lambda: self.client.show_job(ShowJobRequest(job_id="f" * 32)))


class GuestRefusalTests(RefusalCase):
    """What only the guest shows."""

    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.client = self.scene.images()

    def test_a_volume_group_on_two_disks(self):
        self.scene.report(fixture="volume-group-on-two-disks", ago=120)
        error = self.refused("WIR.0201", lambda: order(self.client, instance_id=scene.SERVER))
        self.decided(error, "lvm-volume-group-spans-physical-volumes")
        self.assertIn("vgreduce data", error.error_msg)
        # The second disk is in no backup, which is worse still.
        backups = [{"backup_id": scene.cbr(10), "whole_image_type": "CBR"}, {"backup_id": scene.csbs(10)}]
        for members in backups:
            error = self.refused("WIR.0211", lambda: order(self.client, **members))
            self.decided(error, "backup-lacks-server-disk")
            self.assertIn("Volume group data lies on 2 physical volumes", error.error_msg)
        # Put right: the server as it is now may be imaged, the backups of before never.
        self.scene.report()
        order(self.client, instance_id=scene.SERVER)
        for members in backups:
            self.refused("WIR.0211", lambda: order(self.client, **members))
        self.assertEqual(self.scene.orders(), 1)

    def test_a_disk_that_did_not_answer(self):
        self.scene.report(fixture="disk-that-did-not-answer")
        error = self.refused("WIR.0103", lambda: order(self.client, instance_id=scene.SERVER))
        self.assertTrue(error.error_msg.startswith("Undetermined: "))
        self.assertEqual(self.scene.orders(), 0)

    def test_facts_that_are_too_old(self):
        self.scene.report(ago=1000)
        self.refused("WIR.0102", lambda: order(self.client, instance_id=scene.SERVER))
        self.refused("WIR.0102", lambda: order(self.client, backup_id=scene.csbs(10)))
        self.assertEqual(self.scene.orders(), 0)

    def test_a_backup_older_than_all_that_is_known(self):
        self.scene.report()
        self.refused("WIR.0104", lambda: order(self.client, backup_id=scene.csbs(10)))


class DoubtTests(RefusalCase):
    """A cloud that fails."""

    def play(self, fault):
        self.scene = Scene(faults=[{"times": 100, **fault}])
        self.addCleanup(self.scene.close)
        self.scene.report(ago=120)
        self.scene.report()
        return self.scene.images()

    def test_a_cloud_that_does_not_tell(self):
        client = self.play({"route": "GET /v1/{p}/cloudservers/{s}", "failure": "status", "status": 503})
        self.refused("WIR.0306", lambda: order(client, instance_id=scene.SERVER), 503, ServerResponseException)
        self.assertEqual(self.scene.orders(), 0)

    def test_an_order_whose_answer_is_lost(self):
        client = self.play({"route": "POST /v1/cloudimages/wholeimages/action", "failure": "drop", "times": 1})
        members = {"backup_id": scene.cbr(10), "whole_image_type": "CBR"}
        for _ in range(3):
            self.refused("WIR.0304", lambda: order(client, **members), 503, ServerResponseException)
        # Another order for the same backup is none either.
        self.refused("IMG.0029", lambda: order(client, name="another", **members))
        self.assertEqual(self.scene.orders(), 1)

    def test_a_cloud_that_refuses_by_itself(self):
        client = self.play({
            "route": "POST /v1/cloudimages/wholeimages/action", "failure": "status", "status": 400, "code": "IMG.0015"})
        self.refused("IMG.0015", lambda: order(client, instance_id=scene.SERVER))
        self.assertEqual(self.scene.orders(), 1)


if __name__ == "__main__":
    unittest.main()
