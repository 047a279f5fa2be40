-- oldest: 11
-- Since when an identity has had no login left: nobody comes to it any more, and it is forgotten as guests are. Those that
-- an older binary leaves behind stay.
ALTER TABLE identities ADD COLUMN left_at {int};
CREATE INDEX identities_left ON identities (left_at) WHERE left_at IS NOT NULL;
