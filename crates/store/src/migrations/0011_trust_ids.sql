-- oldest: 11
-- Who is meant by the ARNs of a trust policy: pairs of ARN and unique id, as of when it was written. An ARN without a pair
-- is compared as it stands: so are policies from before this, until they are written again. An older binary would write
-- policies and leave the pairs of those before.
ALTER TABLE iam_roles ADD COLUMN trust_ids {json} NOT NULL DEFAULT '[]';
