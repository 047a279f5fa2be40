-- oldest: 1
-- Members are stored under a group's id, not its name: a deleted group's rows lead nowhere at once, however many they
-- are, and a background job carries them away.
CREATE TABLE groups (
  pool {text} NOT NULL,
  name {text} NOT NULL,
  id {blob} NOT NULL,
  description {json},
  role_arn {text},
  precedence {int},
  created_at {int} NOT NULL,
  modified_at {int} NOT NULL,
  PRIMARY KEY (pool, name)
) {wide_table};
CREATE UNIQUE INDEX groups_id ON groups (pool, id);

CREATE TABLE group_members (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  group_id {blob} NOT NULL,
  PRIMARY KEY (pool, sub, group_id)
) {table};
CREATE INDEX group_members_group ON group_members (pool, group_id, sub);

-- Groups that were deleted and whose members a background job still carries away.
CREATE TABLE doomed_groups (
  pool {text} NOT NULL,
  group_id {blob} NOT NULL,
  deleted_at {int} NOT NULL,
  PRIMARY KEY (pool, group_id)
) {table};
