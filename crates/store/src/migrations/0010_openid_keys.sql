-- oldest: 1
-- Keys that sign the tokens of identity pools: the issuer is the whole deployment, so they are the account's. The algorithm
-- stands beside the key and never changes, so that no token can choose another.
CREATE TABLE openid_keys (
  account {text} NOT NULL,
  kid {text} NOT NULL,
  algorithm {text} NOT NULL,
  private_key {blob} NOT NULL,
  public_jwk {text} NOT NULL,
  created_at {int} NOT NULL,
  not_before {int} NOT NULL,
  retired_at {int},
  PRIMARY KEY (account, kid)
) {wide_table};
CREATE INDEX openid_keys_retired ON openid_keys (retired_at) WHERE retired_at IS NOT NULL;
