# SPDX-License-Identifier: Apache-2.0
"""The image service's official client orders whole images and asks how their jobs are."""

import unittest

from huaweicloudsdkims.v2 import (
    CreateWholeImageRequest, CreateWholeImageRequestBody, ShowJobProgressRequest, ShowJobRequest, TagKeyValue)

import scene
from scene import Scene


def order(client, **members):
    """Orders an image; the answer's status and job."""
    body = CreateWholeImageRequestBody(**{"name": "whole-web", **members})
    answer = client.create_whole_image(CreateWholeImageRequest(body=body))
    assert answer.status_code == 200, answer
    return answer.job_id


class OrderTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.scene.report(ago=120)
        cls.scene.report()
        cls.client = cls.scene.images()

    def follow(self, job, kind):
        """Follows a job by both queries until it is done; the image."""
        self.assertRegex(job, "^[0-9a-f]{32}$")
        seen = []

        def is_done():
            progress = self.client.show_job_progress(ShowJobProgressRequest(job_id=job))
            self.assertEqual((progress.job_id, progress.job_type, progress.status_code), (job, kind, 200))
            self.assertRegex(progress.begin_time, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
            self.assertTrue(0 <= progress.entities.process_percent <= 1)
            if progress.status not in seen:
                seen.append(progress.status)
            return progress if progress.status in ("SUCCESS", "FAIL") else None

        progress = scene.wait_until(is_done)
        self.assertEqual(seen[-1], "SUCCESS")
        self.assertLessEqual(set(seen), {"INIT", "RUNNING", "SUCCESS"})
        self.assertIsNone(progress.error_code)
        self.assertIsNone(progress.fail_reason)
        self.assertRegex(progress.end_time, r"^\d{4}-")
        self.assertEqual((progress.entities.process_percent, progress.entities.sub_job_id), (1.0, ""))
        old = self.client.show_job(ShowJobRequest(job_id=job))
        self.assertEqual((old.status, old.job_id, old.job_type), ("SUCCESS", job, kind))
        self.assertEqual(old.entities.image_id, progress.entities.image_id)
        self.assertEqual(old.entities.image_name, progress.entities.image_name)
        self.assertEqual(
            [(one.image_id, one.project_id, one.status) for one in old.entities.results],
            [(progress.entities.image_id, scene.PROJECT, "SUCCESS")])
        return progress.entities

    def test_of_a_server_with_everything(self):
        job = order(
            self.client, name="整机 1", description="before the upgrade", instance_id=scene.SERVER,
            enterprise_project_id="0", vault_id=scene.vault("00"), min_ram=1024, max_ram=4096,
            image_tags=[TagKeyValue(key="team", value="web")])
        image = self.follow(job, "imsCreateWholeImageByInstanceJob")
        self.assertEqual(image.image_name, "整机 1")
        shown = self.scene.call("GET", f"/v2/images/{image.image_id}").json
        self.assertEqual((shown["name"], shown["__whole_image"], shown["tags"]), ("整机 1", "true", ["team.web"]))

    def test_of_a_backup_of_either_service(self):
        job = order(self.client, name="of-cbr", backup_id=scene.cbr(10), whole_image_type="CBR", tags=["a.b.c", "d"])
        self.assertEqual(self.follow(job, "imsCreateWholeImageByBackupJob").image_name, "of-cbr")
        job = order(self.client, name="of-csbs", backup_id=scene.csbs(10), whole_image_type="CSBS", instance_id="")
        self.assertEqual(self.follow(job, "imsCreateWholeImageByBackupJob").image_name, "of-csbs")

    def test_a_job_that_fails(self):
        job = order(self.client, name="comes-to-fail", instance_id=scene.SERVER)
        ended = scene.wait_until(lambda: next(
            (job for job in [self.client.show_job(ShowJobRequest(job_id=job))] if job.status == "FAIL"), None))
        self.assertEqual(ended.error_code, "IMG.0014")
        self.assertIn("fail", ended.fail_reason)

    def test_the_same_order_again_is_the_same_job(self):
        before = self.scene.orders()
        jobs = {order(self.client, name="twice", instance_id=scene.SERVER) for _ in range(3)}
        self.assertEqual((len(jobs), self.scene.orders() - before), (1, 1))
        self.follow(jobs.pop(), "imsCreateWholeImageByInstanceJob")

    def test_an_order_with_a_name_of_its_own_is_done_once(self):
        def named(**members):
            body = CreateWholeImageRequestBody(name="named", instance_id=scene.SERVER, **members)
            invoker = self.client.create_whole_image_invoker(CreateWholeImageRequest(body=body))
            return invoker.add_header("Idempotency-Key", "order-1").invoke()
        before = self.scene.orders()
        job = named().job_id
        self.follow(job, "imsCreateWholeImageByInstanceJob")
        # The job is done; without its name the same order would make another image now.
        self.assertEqual((named().job_id, self.scene.orders() - before), (job, 1))
        with self.assertRaises(Exception) as caught:
            named(min_ram=1024)
        self.assertEqual((caught.exception.status_code, caught.exception.error_code), (409, "WIR.0018"))


if __name__ == "__main__":
    unittest.main()
