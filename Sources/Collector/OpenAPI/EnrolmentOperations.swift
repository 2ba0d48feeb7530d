// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes

/// How a guest gets a key of its own known.
enum EnrolmentOperations {
  static let all = [enrol]

  private static let enrol = APIOperation(
    method: .post, path: "/v1/guests/{instance_id}/enrolment", id: "enrolGuest", tag: .guests, summary: "Enrol a guest",
    description: """
      Makes the key known that the guest signs with from then on. The request is signed with that key itself, as \
      described under `guest`. Who is let in: whoever brings an enrolment token (`Authorization: Bearer`, \
      `wholeimage-collector tokens create`), and a copy of an enrolled guest, made from its whole image, by the proof \
      of lineage (unless the collector was started with `--clones token`). The same key for the same guest is answered \
      the same however often; a guest that has another key is never taken over, until an operator revokes that one.
      """,
    parameters: [APIParameter.instanceID] + signed,
    body: APIBody(
      description: "The key.", schema: APISchema.named("Enrolment"), limit: EnrolmentRoutes.bodyLimit),
    answers: [APIAnswer(.ok, "Enrolled, now or before.", APISchema.named("Enrolled"))],
    errors: APIError.own(
      .malformed, .wrongValue, .bodyTooLarge, .noSuchGuest, .guestSignatureWrong, .enrolmentRefused,
      .enrolmentTokenUsed, .guestHasAnotherKey, .keyNotUsable, .storeUnavailable, .fault)
      + [APIError(429, "APIGW.0308", "there were too many requests; nothing was done")])

  /// The headers that a signature covers, beside what is in the request already.
  private static let signed: [APIParameter] = [
    .header("Content-Digest", "SHA-256 of the body (RFC 9530): `sha-256=:BASE64:`.", APISchema.text("A digest.")),
    .header(
      "Wholeimage-Boot-Id", "The guest's boot id (`/proc/sys/kernel/random/boot_id`).",
      APISchema.text("A name of the boot.", pattern: "^[0-9A-Za-z-]{1,64}$")),
    .header(
      "Wholeimage-Boot-Number", "Counts the boots in which the key reported: a boot that is over never comes back.",
      APISchema.number("A number.", upTo: SignedRequest.highestNumber)),
    .header(
      "Wholeimage-Report-Sequence", "Rises within a boot.",
      APISchema.number("A number.", upTo: SignedRequest.highestNumber)),
    .header(
      "Wholeimage-Inspected-Ago-Ms", "0 here.", APISchema.number("Milliseconds.", upTo: SignedRequest.highestNumber)),
    .header("Signature-Input", "As described under `guest`.", APISchema.text("What is signed, and by which key.")),
    .header("Signature", "`guest=:BASE64:`.", APISchema.text("The signature.")),
  ]

  static let schemas: [(String, JSON)] = [
    (
      "Enrolment",
      APISchema.object(
        "A key to enrol.", required: ["public_key"],
        [
          ("public_key", APISchema.text("The 32 bytes of an Ed25519 key in base64.", pattern: "^[0-9A-Za-z+/]{43}=$")),
          (
            "lineage",
            APISchema.orNull(
              APISchema.whole(
                "The proof that the guest is a copy of another one.",
                [
                  ("parent_instance_id", APISchema.text("The guest that it was copied from.")),
                  ("parent_key_id", APISchema.text("The key that was copied.", pattern: "^[0-9a-f]{64}$")),
                  (
                    "signature",
                    APISchema.text(
                      """
                      By the copied key, in base64, over `wholeimage lineage 1`, `key ` and the new key's name, \
                      `instance ` and the new id, `parent ` and the copied key's name: four lines, each ended by a \
                      line feed. A key's name is the SHA-256 of its 32 bytes in lower-case hexadecimal digits.
                      """)
                  ),
                ]))
          ),
        ])
    ),
    (
      "Enrolled",
      APISchema.whole(
        "The guest is enrolled.",
        [
          ("instance_id", APISchema.text("The guest.")), ("project", APISchema.text("Its project.")),
          ("key_id", APISchema.text("The key's name.", pattern: "^[0-9a-f]{64}$")),
          ("enrolled_at", APISchema.time("Since when.")), ("lineage", lineage),
        ])
    ),
    (
      "Lineage",
      APISchema.whole(
        "Of which guest this one is a copy, proved by the key that it was copied with.",
        [
          ("parent_instance_id", APISchema.text("The guest that it was copied from.")),
          (
            "image_job_id",
            APISchema.orNull(APISchema.text("The newest job of this collector's that made an image of that guest."))
          ),
        ])
    ),
  ]

  /// The member `lineage`.
  static let lineage = APISchema.orNull(APISchema.named("Lineage"))
}
