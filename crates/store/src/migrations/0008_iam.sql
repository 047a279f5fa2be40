-- oldest: 1
-- Names are unique whatever their case: `folded` is the name as it is compared. Policies and memberships hang on unique
-- ids, so that nothing of a deleted thing clings to one made anew under its name. Documents stay as they were written.
CREATE TABLE iam_users (
  account {text} NOT NULL,
  folded {text} NOT NULL,
  id {text} NOT NULL,
  name {text} NOT NULL,
  path {text} NOT NULL,
  boundary {text},
  tags {json} NOT NULL,
  generation {int} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, folded)
) {wide_table};
CREATE UNIQUE INDEX iam_users_id ON iam_users (account, id);
CREATE INDEX iam_users_boundary ON iam_users (account, boundary) WHERE boundary IS NOT NULL;

CREATE TABLE iam_groups (
  account {text} NOT NULL,
  folded {text} NOT NULL,
  id {text} NOT NULL,
  name {text} NOT NULL,
  path {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, folded)
) {table};
CREATE UNIQUE INDEX iam_groups_id ON iam_groups (account, id);

CREATE TABLE iam_members (
  account {text} NOT NULL,
  user_id {text} NOT NULL,
  group_id {text} NOT NULL,
  PRIMARY KEY (account, user_id, group_id)
) {table};
CREATE INDEX iam_members_group ON iam_members (account, group_id, user_id);

CREATE TABLE iam_roles (
  account {text} NOT NULL,
  folded {text} NOT NULL,
  id {text} NOT NULL,
  name {text} NOT NULL,
  path {text} NOT NULL,
  description {text},
  trust {text} NOT NULL,
  max_session_secs {int} NOT NULL,
  boundary {text},
  tags {json} NOT NULL,
  generation {int} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, folded)
) {wide_table};
CREATE UNIQUE INDEX iam_roles_id ON iam_roles (account, id);
CREATE INDEX iam_roles_boundary ON iam_roles (account, boundary) WHERE boundary IS NOT NULL;

-- When roles and keys were last used, beside them: written at most once a minute, and nobody waits on their rows.
CREATE TABLE iam_role_uses (
  account {text} NOT NULL,
  role {text} NOT NULL,
  used_at {int} NOT NULL,
  region {text} NOT NULL,
  PRIMARY KEY (account, role)
) {table};
CREATE TABLE access_key_uses (
  access_key {text} PRIMARY KEY,
  used_at {int} NOT NULL,
  service {text} NOT NULL,
  region {text} NOT NULL
) {table};

CREATE TABLE iam_policies (
  account {text} NOT NULL,
  folded {text} NOT NULL,
  id {text} NOT NULL,
  arn {text} NOT NULL,
  name {text} NOT NULL,
  path {text} NOT NULL,
  description {json},
  default_version {int} NOT NULL,
  newest_version {int} NOT NULL,
  tags {json} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  PRIMARY KEY (account, folded)
) {wide_table};
CREATE UNIQUE INDEX iam_policies_arn ON iam_policies (account, arn);

CREATE TABLE iam_policy_versions (
  account {text} NOT NULL,
  policy {text} NOT NULL,
  number {int} NOT NULL,
  document {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, policy, number)
) {wide_table};

-- The owner is a user, group or role, by unique id.
CREATE TABLE iam_inline (
  account {text} NOT NULL,
  owner {text} NOT NULL,
  name {text} NOT NULL,
  document {text} NOT NULL,
  PRIMARY KEY (account, owner, name)
) {wide_table};

-- The policy is an ARN: those of the service's own have no row.
CREATE TABLE iam_attachments (
  account {text} NOT NULL,
  owner {text} NOT NULL,
  policy {text} NOT NULL,
  PRIMARY KEY (account, owner, policy)
) {table};
CREATE INDEX iam_attachments_policy ON iam_attachments (account, policy, owner);

CREATE TABLE iam_oidc_providers (
  account {text} NOT NULL,
  url {text} NOT NULL,
  client_ids {json} NOT NULL,
  thumbprints {json} NOT NULL,
  tags {json} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, url)
) {wide_table};

CREATE TABLE iam_saml_providers (
  account {text} NOT NULL,
  folded {text} NOT NULL,
  name {text} NOT NULL,
  metadata {text} NOT NULL,
  valid_until {int} NOT NULL,
  tags {json} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account, folded)
) {wide_table};

CREATE INDEX access_keys_principal ON access_keys (principal, id);
