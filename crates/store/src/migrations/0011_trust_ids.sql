-- oldest: 1
-- Who is meant by the ARNs of a trust policy: pairs of ARN and unique id, as of when it was written. An ARN without a pair
-- is compared as it stands: so an older binary writes them.
ALTER TABLE iam_roles ADD COLUMN trust_ids {json} NOT NULL DEFAULT '[]';
