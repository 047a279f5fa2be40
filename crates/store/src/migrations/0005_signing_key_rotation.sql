-- oldest: 1
-- Which keys have signed for long, and which have been published long enough after their last signature.
CREATE INDEX signing_keys_age ON signing_keys (created_at) WHERE retired_at IS NULL;
CREATE INDEX signing_keys_retired ON signing_keys (retired_at) WHERE retired_at IS NOT NULL;
