// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The steps that make the store's tables, in order, each done once and never changed after a release.
///
/// A later release adds a step; a test pins the text of every one that was released.
enum Migrations {
  /// One step.
  struct Step: Sendable {
    var name: String
    var sql: String
  }

  static let steps = [
    Step(name: "1-guests-facts-decisions-jobs", sql: first), Step(name: "2-captures", sql: second),
    Step(name: "3-gateway", sql: third), Step(name: "4-guests-by-facts", sql: fourth),
    Step(name: "5-guest-keys", sql: fifth), Step(name: "6-request-names", sql: sixth),
    Step(name: "7-returning-boots", sql: seventh),
  ]

  /// Marks a file as a collector's database (pragma `application_id`): "WIMG".
  static let applicationID = 0x5749_4D47

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for step in steps {
      // Foreign keys are checked where they are declared, at once or at commit.
      migrator.registerMigration(step.name, foreignKeyChecks: .immediate) { try $0.execute(sql: step.sql) }
    }
    return migrator
  }

  /// Times are milliseconds since 1970 in UTC by the collector's clock, uptimes milliseconds since its machine's start.
  private static let first = """
    PRAGMA application_id = 1464421703;

    -- The runs of the machine that uptimes count in.
    CREATE TABLE clocks (
      id INTEGER PRIMARY KEY,
      boot_id TEXT NOT NULL UNIQUE
    ) STRICT;

    -- The newest revision of any guest: one row.
    CREATE TABLE revisions (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      last INTEGER NOT NULL
    ) STRICT;
    INSERT INTO revisions VALUES (1, 0);

    CREATE TABLE guests (
      id INTEGER PRIMARY KEY,
      project TEXT NOT NULL,
      instance_id TEXT NOT NULL,
      facts INTEGER NOT NULL REFERENCES facts_history (id) DEFERRABLE INITIALLY DEFERRED,
      os_family TEXT,
      verdict TEXT NOT NULL,
      judged_by TEXT NOT NULL,
      revision INTEGER NOT NULL UNIQUE,
      boot_id TEXT NOT NULL,
      report_sequence INTEGER NOT NULL,
      UNIQUE (project, instance_id)
    ) STRICT;
    CREATE INDEX guests_by_project ON guests (project, revision);
    CREATE INDEX guests_by_verdict ON guests (project, verdict, revision);

    -- A row per change of a guest's facts digest. Heartbeats move the confirmed columns of the newest row.
    CREATE TABLE facts_history (
      id INTEGER PRIMARY KEY,
      guest INTEGER NOT NULL REFERENCES guests (id) DEFERRABLE INITIALLY DEFERRED,
      facts_digest TEXT NOT NULL,
      topology_digest TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      report_sequence INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      inspected_at INTEGER NOT NULL,
      confirmed_at INTEGER NOT NULL,
      last_inspected_at INTEGER NOT NULL,
      clock INTEGER NOT NULL REFERENCES clocks (id),
      last_inspected_uptime INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX facts_history_by_guest ON facts_history (guest, last_inspected_at);

    -- The documents as they were received, apart from what heartbeats change.
    CREATE TABLE facts_documents (
      facts INTEGER PRIMARY KEY REFERENCES facts_history (id),
      body BLOB NOT NULL
    ) STRICT;

    -- record is never changed; state tells what became of it.
    CREATE TABLE decisions (
      id TEXT PRIMARY KEY,
      project TEXT NOT NULL,
      caller TEXT NOT NULL,
      operation TEXT NOT NULL,
      instance_id TEXT NOT NULL,
      decided_at INTEGER NOT NULL,
      record TEXT NOT NULL,
      facts INTEGER REFERENCES facts_history (id),
      request_digest TEXT NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('decided', 'refused', 'forwarding', 'forwarded', 'in_doubt', 'not_made')),
      state_at INTEGER NOT NULL,
      state_detail TEXT,
      job_id TEXT,
      remembered INTEGER NOT NULL CHECK (remembered IN (0, 1))
    ) STRICT;
    CREATE UNIQUE INDEX decisions_remembered ON decisions (project, caller, request_digest) WHERE remembered = 1;
    CREATE INDEX decisions_by_guest ON decisions (project, instance_id, decided_at);
    CREATE INDEX decisions_by_facts ON decisions (facts);

    -- The jobs that were ordered through here, as the cloud last told their status.
    CREATE TABLE jobs (
      job_id TEXT PRIMARY KEY,
      decision TEXT NOT NULL REFERENCES decisions (id),
      status TEXT,
      status_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX jobs_by_decision ON jobs (decision);
    """

  private static let second = """
    -- Where facts are from: an agent in the guest, or captured output of diskpart.
    ALTER TABLE facts_history ADD COLUMN source TEXT NOT NULL DEFAULT 'agent' CHECK (source IN ('agent', 'capture'));
    -- Whether the sender said when the capture was taken; without that its age is not known.
    ALTER TABLE facts_history ADD COLUMN time_known INTEGER NOT NULL DEFAULT 1 CHECK (time_known IN (0, 1));

    -- Captures as they were received, beside the facts that were read from them.
    CREATE TABLE captures (
      facts INTEGER PRIMARY KEY REFERENCES facts_history (id),
      body BLOB NOT NULL
    ) STRICT;
    """

  private static let third = """
    -- What the cloud said at a decision, each wording once.
    CREATE TABLE cloud_facts (
      digest TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT;

    ALTER TABLE decisions ADD COLUMN cloud_facts TEXT REFERENCES cloud_facts (digest);
    -- What the image is made of, and whether it is held: nobody else makes an image of the backup or starts the server.
    ALTER TABLE decisions ADD COLUMN server_id TEXT;
    ALTER TABLE decisions ADD COLUMN backup_id TEXT;
    ALTER TABLE decisions ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
    -- What must not change while the image is made: where the data lies, and the boot of a server that stays stopped.
    ALTER TABLE decisions ADD COLUMN topology_digest TEXT;
    ALTER TABLE decisions ADD COLUMN stopped_boot_id TEXT;
    ALTER TABLE decisions ADD COLUMN idempotency_key TEXT;
    CREATE INDEX decisions_by_held_server ON decisions (project, server_id) WHERE held = 1;
    CREATE UNIQUE INDEX decisions_by_held_backup ON decisions (project, backup_id)
      WHERE held = 1 AND backup_id IS NOT NULL;
    CREATE INDEX decisions_by_idempotency_key ON decisions (project, idempotency_key)
      WHERE idempotency_key IS NOT NULL;
    CREATE INDEX decisions_by_time ON decisions (project, decided_at);

    -- The history rows that a decision rests on, oldest first.
    CREATE TABLE decision_facts (
      decision TEXT NOT NULL REFERENCES decisions (id),
      position INTEGER NOT NULL,
      facts INTEGER NOT NULL REFERENCES facts_history (id),
      PRIMARY KEY (decision, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX decision_facts_by_facts ON decision_facts (facts);
    INSERT INTO decision_facts SELECT id, 0, facts FROM decisions WHERE facts IS NOT NULL;

    -- Before this moment the history has holes: old facts were removed. One row.
    CREATE TABLE history (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      begins INTEGER NOT NULL
    ) STRICT;
    INSERT INTO history VALUES (1, 0);

    -- What was seen of a decision after it was made.
    CREATE TABLE decision_notes (
      id INTEGER PRIMARY KEY,
      decision TEXT NOT NULL REFERENCES decisions (id),
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decision_notes_by_decision ON decision_notes (decision);

    -- Each record's digest, and the digest over it and the link before: no record can be changed or left out unseen.
    CREATE TABLE chain (
      position INTEGER PRIMARY KEY,
      decision TEXT NOT NULL UNIQUE REFERENCES decisions (id),
      digest TEXT NOT NULL,
      link TEXT NOT NULL
    ) STRICT;
    """

  private static let fourth = """
    -- A new or removed row of facts_history is looked for in guests (sqlite.org/foreignkeys.html, section 3).
    CREATE INDEX guests_by_facts ON guests (facts);
    """

  private static let fifth = """
    -- What lets new guests in: a token, of which only the hash is kept.
    CREATE TABLE enrolment_tokens (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      sha256 TEXT NOT NULL UNIQUE,
      project TEXT NOT NULL,
      -- The only guest that it lets in, if it is for one.
      instance_id TEXT,
      uses INTEGER NOT NULL CHECK (uses > 0),
      used INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
      note TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      revoked_at INTEGER
    ) STRICT;

    -- The keys that guests enrolled with. A key is of one guest for ever; a guest has one in force at most.
    CREATE TABLE guest_keys (
      id INTEGER PRIMARY KEY,
      key_id TEXT NOT NULL UNIQUE,
      public_key BLOB NOT NULL,
      project TEXT NOT NULL,
      instance_id TEXT NOT NULL,
      enrolled_at INTEGER NOT NULL,
      address TEXT NOT NULL,
      token INTEGER REFERENCES enrolment_tokens (id),
      -- A copy of a guest: whose key vouched for this one, and the job that made the image, if it is known.
      parent INTEGER REFERENCES guest_keys (id),
      image_job_id TEXT,
      revoked_at INTEGER,
      -- The last request that was taken. The number counts boots, so that one that is over never comes back.
      boot_number INTEGER NOT NULL,
      boot_id TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      request_digest TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX guest_keys_in_force ON guest_keys (project, instance_id) WHERE revoked_at IS NULL;
    CREATE INDEX guest_keys_by_guest ON guest_keys (project, instance_id);
    CREATE INDEX guest_keys_by_token ON guest_keys (token);
    CREATE INDEX guest_keys_by_parent ON guest_keys (parent);
    """

  private static let sixth = """
    -- Further names (Idempotency-Key) that a request came under before its job was over; its first is in decisions.
    CREATE TABLE request_names (
      project TEXT NOT NULL,
      name TEXT NOT NULL,
      decision TEXT NOT NULL REFERENCES decisions (id),
      PRIMARY KEY (project, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX request_names_by_decision ON request_names (decision);
    """

  private static let seventh = """
    -- The last boots that newer ones took the place of, the newest first, with blanks between; and how many of them have
    -- come back since the last boot that was never seen before.
    ALTER TABLE guest_keys ADD COLUMN past_boots TEXT NOT NULL DEFAULT '';
    ALTER TABLE guest_keys ADD COLUMN returns INTEGER NOT NULL DEFAULT 0;
    """
}
