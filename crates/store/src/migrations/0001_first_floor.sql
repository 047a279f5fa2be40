-- oldest: 1
-- Keys start with the pool, so that rows shard by pool or by (pool, user). Moments are milliseconds, uuids 16 bytes.

-- Facts about this database: the fingerprint of its keyring.
CREATE TABLE meta (
  name {text} PRIMARY KEY,
  value {text} NOT NULL
) {table};

-- Pool settings stay in the contract's own shape; what is searched stands in columns.
CREATE TABLE pools (
  id {text} PRIMARY KEY,
  account {text} NOT NULL,
  region {text} NOT NULL,
  name {text} NOT NULL,
  settings {json} NOT NULL,
  created_at {int} NOT NULL,
  modified_at {int} NOT NULL
) {wide_table};
CREATE INDEX pools_account ON pools (account, region, id);

-- Pools that were deleted and whose rows a background job still carries away. Their ids never come back.
CREATE TABLE doomed_pools (
  pool {text} PRIMARY KEY,
  deleted_at {int} NOT NULL
) {table};

-- Requests name the client only: where its pool is found.
CREATE TABLE client_directory (
  client {text} PRIMARY KEY,
  pool {text} NOT NULL
) {table};

CREATE TABLE clients (
  pool {text} NOT NULL,
  id {text} NOT NULL,
  name {text} NOT NULL,
  settings {json} NOT NULL,
  confidential {bool} NOT NULL,
  created_at {int} NOT NULL,
  modified_at {int} NOT NULL,
  PRIMARY KEY (pool, id)
) {wide_table};

-- Several per client, so that one can be replaced without a gap. Sealed.
CREATE TABLE client_secrets (
  pool {text} NOT NULL,
  client {text} NOT NULL,
  id {text} NOT NULL,
  secret {blob} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (pool, client, id)
) {table};

-- Attributes are one document; those that ListUsers filters by stand in columns beside it.
CREATE TABLE users (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  username {text} NOT NULL,
  status {text} NOT NULL,
  enabled {bool} NOT NULL,
  disabled_since {int},
  generation {int} NOT NULL,
  created_at {int} NOT NULL,
  modified_at {int} NOT NULL,
  attributes {json} NOT NULL,
  email {text},
  phone_number {text},
  name {text},
  given_name {text},
  family_name {text},
  preferred_username {text},
  PRIMARY KEY (pool, sub)
) {wide_table};
CREATE INDEX users_username ON users (pool, username, sub);
CREATE INDEX users_status ON users (pool, status, sub);
CREATE INDEX users_enabled ON users (pool, enabled, sub);
CREATE INDEX users_email ON users (pool, email, sub) WHERE email IS NOT NULL;
CREATE INDEX users_phone_number ON users (pool, phone_number, sub) WHERE phone_number IS NOT NULL;
CREATE INDEX users_name ON users (pool, name, sub) WHERE name IS NOT NULL;
CREATE INDEX users_given_name ON users (pool, given_name, sub) WHERE given_name IS NOT NULL;
CREATE INDEX users_family_name ON users (pool, family_name, sub) WHERE family_name IS NOT NULL;
CREATE INDEX users_preferred_username ON users (pool, preferred_username, sub) WHERE preferred_username IS NOT NULL;

-- What a person can be called by, folded as the pool says: the unique index behind usernames and aliases.
CREATE TABLE names (
  pool {text} NOT NULL,
  folded {text} NOT NULL,
  kind {text} NOT NULL,
  sub {text} NOT NULL,
  PRIMARY KEY (pool, folded, kind)
) {table};
CREATE INDEX names_sub ON names (pool, sub);

-- How many people a pool has: a rolled-up count and the changes since. Nobody waits for a neighbour's sign-up.
CREATE TABLE user_counts (
  pool {text} PRIMARY KEY,
  people {int} NOT NULL
) {table};
CREATE TABLE user_count_changes (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  change {int} NOT NULL,
  PRIMARY KEY (pool, sub, change)
) {table};

-- Sealed password verifiers. The generation moves at every change.
CREATE TABLE credentials (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  generation {int} NOT NULL,
  sealed {blob} NOT NULL,
  expires_at {int},
  set_at {int} NOT NULL,
  PRIMARY KEY (pool, sub)
) {wide_table};

-- Outstanding one-time codes, as keyed hashes. A newer one of the same purpose takes the older one's place.
CREATE TABLE codes (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  purpose {text} NOT NULL,
  attribute {text} NOT NULL,
  hash {blob} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (pool, sub, purpose, attribute)
) {table};
CREATE INDEX codes_expires ON codes (expires_at);

-- Token families: one sign-in and the refresh token that prolongs it.
CREATE TABLE families (
  pool {text} NOT NULL,
  id {blob} NOT NULL,
  sub {text} NOT NULL,
  client {text} NOT NULL,
  user_generation {int} NOT NULL,
  revoked {bool} NOT NULL,
  auth_time {int} NOT NULL,
  event_id {blob} NOT NULL,
  token_hash {blob} NOT NULL,
  sequence {int} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (pool, id)
) {wide_table};
CREATE INDEX families_sub ON families (pool, sub, id);
CREATE INDEX families_expires ON families (expires_at);

-- Single-use things that were used: the nonces of sealed tokens. A row outlives its token and goes.
CREATE TABLE spent (
  pool {text} NOT NULL,
  nonce {blob} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (pool, nonce)
) {table};
CREATE INDEX spent_expires ON spent (expires_at);

-- Attempts at proofs. The subject is a sub, or a MAC of a name nobody has: unknown names lock alike.
CREATE TABLE attempts (
  pool {text} NOT NULL,
  subject {blob} NOT NULL,
  password_failures {int} NOT NULL,
  code_failures {int} NOT NULL,
  last_attempt_at {int} NOT NULL,
  locked_until {int} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (pool, subject)
) {table};
CREATE INDEX attempts_expires ON attempts (expires_at);

-- How often something happened within a window: messages per hour, codes per day.
CREATE TABLE counters (
  pool {text} NOT NULL,
  subject {text} NOT NULL,
  kind {text} NOT NULL,
  times {int} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (pool, subject, kind)
) {table};
CREATE INDEX counters_expires ON counters (expires_at);

-- Access keys of the account. The secret is sealed under the key's id. Ended ones stay: an id never comes back.
CREATE TABLE access_keys (
  id {text} PRIMARY KEY,
  principal {text} NOT NULL,
  label {text} NOT NULL,
  secret {blob} NOT NULL,
  status {text} NOT NULL,
  created_at {int} NOT NULL
) {table};

-- Who does a background job now. The fence grows with every change of hands; a holder that overslept finds its own
-- too small.
CREATE TABLE leases (
  job {text} PRIMARY KEY,
  holder {text} NOT NULL,
  fence {int} NOT NULL,
  expires_at {int} NOT NULL
) {table};

-- Messages and events that follow from a committed change. The payload is sealed, and wiped when it is done with.
CREATE TABLE outbox (
  id {blob} PRIMARY KEY,
  kind {text} NOT NULL,
  state {text} NOT NULL,
  payload {blob},
  created_at {int} NOT NULL,
  due_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  tries {int} NOT NULL,
  lease_owner {text},
  lease_until {int} NOT NULL,
  last_error {text}
) {wide_table};
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'queued';
CREATE INDEX outbox_expires ON outbox (expires_at);

-- Signing keys made ahead of need, sealed: key generation never sits in a request.
CREATE TABLE key_stock (
  id {blob} PRIMARY KEY,
  kind {text} NOT NULL,
  private_key {blob} NOT NULL,
  public_jwk {text} NOT NULL,
  created_at {int} NOT NULL
) {wide_table};
CREATE INDEX key_stock_kind ON key_stock (kind, created_at, id);

-- The pools' signing keys: published before they sign, and after, until their last token has ended.
CREATE TABLE signing_keys (
  pool {text} NOT NULL,
  kid {text} NOT NULL,
  key_use {text} NOT NULL,
  private_key {blob} NOT NULL,
  public_jwk {text} NOT NULL,
  created_at {int} NOT NULL,
  not_before {int} NOT NULL,
  retired_at {int},
  PRIMARY KEY (pool, kid)
) {wide_table};
