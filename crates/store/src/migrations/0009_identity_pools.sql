-- oldest: 1
-- An identity is found by its id alone: that is all a guest brings. Whether a login is somebody's is asked by its key, a
-- digest: subjects run to a thousand characters, and an index of Postgres does not hold those.
CREATE TABLE identity_pools (
  id {text} PRIMARY KEY,
  account {text} NOT NULL,
  region {text} NOT NULL,
  name {text} NOT NULL,
  settings {json} NOT NULL,
  version {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL
) {wide_table};
CREATE INDEX identity_pools_list ON identity_pools (account, region, id);

CREATE TABLE identities (
  id {text} PRIMARY KEY,
  pool {text} NOT NULL,
  account {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  disabled_at {int},
  merged_into {text},
  generation {int} NOT NULL,
  guest {bool} NOT NULL,
  used_at {int} NOT NULL
) {table};
CREATE INDEX identities_list ON identities (pool, id);
CREATE INDEX identities_enabled ON identities (pool, id) WHERE disabled_at IS NULL;
CREATE INDEX identities_guests ON identities (used_at) WHERE guest;

-- The key is the arbiter: of those who link one login at the same moment one wins, and the others look again.
CREATE TABLE identity_logins (
  pool {text} NOT NULL,
  provider {text} NOT NULL,
  login_key {blob} NOT NULL,
  identity {text} NOT NULL,
  developer {bool} NOT NULL,
  subject {json} NOT NULL,
  linked_at {int} NOT NULL,
  PRIMARY KEY (pool, provider, login_key)
) {table};
CREATE INDEX identity_logins_identity ON identity_logins (identity);
-- Of a public provider an identity has one subject.
CREATE UNIQUE INDEX identity_logins_public ON identity_logins (pool, provider, identity) WHERE NOT developer;
CREATE INDEX identity_logins_developer ON identity_logins (pool, provider, identity) WHERE developer;

-- Pools that were deleted and whose identities a background job still carries away.
CREATE TABLE doomed_identity_pools (
  pool {text} PRIMARY KEY
) {table};

-- What happened, for whoever keeps something by identities. Appended only, and carried away after a month.
CREATE TABLE domain_events (
  pool {text} NOT NULL,
  at {int} NOT NULL,
  id {blob} NOT NULL,
  account {text} NOT NULL,
  payload {json} NOT NULL,
  PRIMARY KEY (pool, at, id)
) {table};
CREATE INDEX domain_events_at ON domain_events (at);
