-- oldest: 1
-- When a family's latest refresh tokens were replaced: each may be used again for as long as its client's grace says.
ALTER TABLE families ADD COLUMN replaced_at {text};
