// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Orders of whole images ("Creating a whole image") in both forms.
enum OrderSchemas {
  static let all: [(String, JSON)] = [
    ("ImageTag", tag), ("ServerOrder", ofServer), ("BackupOrder", ofBackup),
    (
      "WholeImageOrder",
      .members(
        (
          "description",
          """
          A whole image of a server (`instance_id`) or from a backup (`backup_id`): one of the two, never both. \
          `null` is as good as absence everywhere, and so is an empty id. Members that are not named here go to the \
          cloud as they are; one whose name differs from a known one in nothing but the case of letters is refused.
          """
        ),
        ("oneOf", [APISchema.named("ServerOrder"), APISchema.named("BackupOrder")])
      )
    ),
    (
      "JobReference",
      APISchema.whole(
        "What was ordered is being made.",
        [("job_id", APISchema.text("The cloud's own job.", example: "4010a32b5f909853015f90aaa24b0015"))])
    ),
  ]

  private static let words = "A-Za-z0-9_\\u4E00-\\u9FFF-"

  private static let tag = APISchema.object(
    "A tag.", required: ["key"],
    [
      (
        "key",
        APISchema.text(
          "Unique in the image; of a repeated one the last counts. Letters, digits, `_`, `-`, Chinese.",
          pattern: "^[\(words)]*$", shortest: 1, longest: 36)
      ),
      (
        "value",
        APISchema.orNull(
          APISchema.text("As the key, and `.`; may be empty.", pattern: "^[.\(words)]*$", longest: 43))
      ),
    ])

  /// The members that both forms have.
  private static let common: [(String, JSON)] = [
    (
      "name",
      APISchema.text(
        "The image's name: letters, digits, Chinese, spaces (not at the ends), `-`, `.` and `_`.",
        pattern: "^[.\(words)]([ .\(words)]*[.\(words)])?$", shortest: 1, longest: 128, example: "whole-web-1")
    ),
    (
      "description",
      APISchema.orNull(
        APISchema.text("Anything but line breaks, `<` and `>`.", pattern: "^[^\\r\\n<>]*$", longest: 1024))
    ),
    (
      "tags",
      APISchema.orNull(
        APISchema.list(
          "Tags as `key.value`, split at the first dot. Not beside `image_tags`.",
          of: APISchema.text(
            "`key.value` or `key`; lengths and characters as in `image_tags`.",
            pattern: "^[\(words)]{1,36}(\\.[.\(words)]{0,43})?$"), longest: 10))
    ),
    (
      "image_tags",
      APISchema.orNull(
        APISchema.list("Tags of at most ten keys. Not beside `tags`.", of: APISchema.named("ImageTag"), longest: 10))
    ),
    (
      "enterprise_project_id",
      APISchema.orNull(
        APISchema.text(
          "The enterprise project: a UUID. `0`, empty and absent: the default one.",
          pattern: "^(0|\(APISchema.uuidPattern))?$"))
    ),
    ("min_ram", APISchema.orNull(APISchema.number("Least memory of servers made from it, in MB; 0: any."))),
    (
      "max_ram",
      APISchema.orNull(
        APISchema.number("Most memory of servers made from it, in MB; 0: any. Not below `min_ram`."))
    ),
    (
      "vault_id",
      APISchema.orNull(
        APISchema.text(
          "The vault of the backup that the cloud makes first: a UUID. Needed where there is no older backup service.",
          pattern: "^(\(APISchema.uuidPattern))?$"))
    ),
  ]

  private static let types = ["CBR", "CSBS", ""]

  private static let ofServer = APISchema.object(
    "From a server.", required: ["instance_id", "name"],
    common + [
      (
        "instance_id",
        APISchema.uuid("The server, running or stopped.", example: "877a2cda-ba63-4e1e-b95f-e67e48b6129a")
      ),
      ("backup_id", nothing("Empty, null or absent.")),
      ("whole_image_type", APISchema.orNull(APISchema.word("Means nothing here.", types))),
    ])

  private static let ofBackup = APISchema.object(
    "From a backup of a server.", required: ["backup_id", "name"],
    common + [
      ("backup_id", APISchema.uuid("The backup.", example: "9b27efab-4a17-4c06-bfa2-3e0cf021d310")),
      ("instance_id", nothing("Empty, null or absent.")),
      (
        "whole_image_type",
        APISchema.orNull(
          APISchema.word("The service that holds the backup: `CBR`; else CSBS, which is also meant by absence.", types))
      ),
    ])

  private static func nothing(_ description: String) -> JSON {
    .members(("description", .string(description)), ("enum", ["", .null]))
  }

  /// Requests as clients send them.
  static let examples: [(name: String, value: JSON)] = [
    (
      "server",
      .members(
        ("name", "whole-web-1"), ("description", "web server before the upgrade"),
        ("instance_id", "877a2cda-ba63-4e1e-b95f-e67e48b6129a"), ("vault_id", "de9fcf45-11b2-432c-8562-5c5428574600"),
        ("image_tags", [.members(("key", "team"), ("value", "web"))]), ("min_ram", 1024))
    ),
    (
      "CBR backup",
      .members(
        ("name", "whole-from-backup"), ("backup_id", "9b27efab-4a17-4c06-bfa2-3e0cf021d310"),
        ("whole_image_type", "CBR"), ("instance_id", ""))
    ),
    (
      "CSBS backup",
      .members(
        ("name", "整机镜像"), ("backup_id", "70675cbc-d3a8-43a7-9f81-c8b6bc3f5d10"), ("tags", ["team.web"]))
    ),
  ]
}
