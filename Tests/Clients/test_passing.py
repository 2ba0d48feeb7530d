# SPDX-License-Identifier: Apache-2.0
"""What the clients call beside the orders passes through as it is."""

import unittest

import openstack
from huaweicloudsdkims.v2 import (
    AddImageTagRequest, AddImageTagRequestBody, BatchAddMembersRequest, BatchAddMembersRequestBody,
    ExportImageRequest, ExportImageRequestBody, GlanceDeleteImageRequest, GlanceDeleteImageRequestBody,
    GlanceListImagesRequest, GlanceShowImageRequest, ListImagesRequest, ListImageTagsRequest, ResourceTag,
    ShowImageQuotaRequest, UpdateImageRequest, UpdateImageRequestBody)
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

import scene
from scene import Scene


class PassingTests(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.client = self.scene.images()

    def test_images_are_listed_shown_changed_and_deleted(self):
        listed = self.client.list_images(ListImagesRequest(imagetype="private", status="active", limit=10))
        self.assertEqual({image.id for image in listed.images}, {scene.image(number) for number in (65, 66, 67, 68)})
        native = self.client.glance_list_images(GlanceListImagesRequest())
        self.assertIn(scene.image(68), {image.id for image in native.images})
        shown = self.client.glance_show_image(GlanceShowImageRequest(image_id=scene.image(65)))
        self.assertEqual((shown.id, shown.name, shown.status), (scene.image(65), "whole-cbr", "active"))
        change = [UpdateImageRequestBody(op="replace", path="/name", value="整机 改名")]
        changed = self.client.update_image(UpdateImageRequest(image_id=scene.image(65), body=change))
        self.assertEqual(changed.name, "整机 改名")
        gone = self.client.glance_delete_image(
            GlanceDeleteImageRequest(image_id=scene.image(68), body=GlanceDeleteImageRequestBody()))
        self.assertEqual(gone.status_code, 204)
        with self.assertRaises(ClientRequestException) as caught:
            self.client.glance_show_image(GlanceShowImageRequest(image_id=scene.image(68)))
        self.assertEqual(caught.exception.status_code, 404)
        self.assertEqual(self.scene.asked("DELETE", "/v2/images/" + scene.image(68)), 1)

    def test_tags_and_quota(self):
        tag = AddImageTagRequestBody(tag=ResourceTag(key="team", value="网站"))
        self.client.add_image_tag(AddImageTagRequest(image_id=scene.image(65), body=tag))
        tags = self.client.list_image_tags(ListImageTagsRequest(image_id=scene.image(65)))
        self.assertIn(("team", "网站"), [(tag.key, tag.value) for tag in tags.tags])
        self.assertTrue(self.client.show_image_quota(ShowImageQuotaRequest()).quotas.resources)

    def test_what_may_be_done_with_other_images(self):
        export = ExportImageRequestBody(bucket_url="bucket:file.qcow2", file_format="qcow2")
        self.assertEqual(
            self.client.export_image(ExportImageRequest(image_id=scene.image(68), body=export)).status_code, 200)
        share = BatchAddMembersRequestBody(images=[scene.image(65)], projects=[scene.OTHER_PROJECT])
        self.assertEqual(self.client.batch_add_members(BatchAddMembersRequest(body=share)).status_code, 200)

    def test_nothing_passes_where_only_the_gate_is_asked_for(self):
        gate = Scene("--gate-only")
        self.addCleanup(gate.close)
        with self.assertRaises(ClientRequestException) as caught:
            gate.images().list_images(ListImagesRequest())
        self.assertEqual((caught.exception.status_code, caught.exception.error_code), (404, "WIR.0004"))


class OpenStackTests(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.cloud = self.scene.openstack()
        self.addCleanup(self.cloud.close)

    def test_images(self):
        names = {image.name for image in self.cloud.image.images()}
        self.assertLessEqual({"whole-cbr", "whole-csbs", "system-disk-only", "Debian 12"}, names)
        found = self.cloud.image.find_image("whole-cbr")
        self.assertEqual((found.id, found.status, found.visibility), (scene.image(65), "active", "private"))
        self.cloud.image.add_tag(found, "by.openstack")
        self.assertIn("by.openstack", self.cloud.image.get_image(found.id).tags)
        self.cloud.image.delete_image(scene.image(68), ignore_missing=False)
        with self.assertRaises(openstack.exceptions.NotFoundException):
            self.cloud.image.get_image(scene.image(68))

    def test_a_whole_image_of_csbs_is_not_shared(self):
        with self.assertRaises(openstack.exceptions.BadRequestException) as caught:
            self.cloud.image.add_member(scene.image(66), member_id=scene.OTHER_PROJECT)
        self.assertIn("Decision ", str(caught.exception))
        self.assertEqual(self.scene.asked("POST", "/v2/images/*/members"), 0)
        member = self.cloud.image.add_member(scene.image(65), member_id=scene.OTHER_PROJECT)
        self.assertEqual(member.member_id, scene.OTHER_PROJECT)

    def test_a_server_whose_image_is_made_is_not_rebooted(self):
        self.scene.report()
        order = {"name": "whole-web", "instance_id": scene.SERVER}
        self.assertEqual(self.scene.call("POST", "/v1/cloudimages/wholeimages/action", order).status, 200)
        with self.assertRaises(openstack.exceptions.BadRequestException) as caught:
            self.cloud.compute.reboot_server(scene.SERVER, "SOFT")
        self.assertIn(scene.SERVER, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
