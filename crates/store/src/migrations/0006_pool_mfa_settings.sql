-- oldest: 1
-- Settings that only SetUserPoolMfaConfig touches, in the contract's own shape.
ALTER TABLE pools ADD COLUMN mfa {json};
