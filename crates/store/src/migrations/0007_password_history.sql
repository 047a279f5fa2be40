-- oldest: 1
-- Earlier passwords, sealed, where a pool's policy asks what was used before. The generation is spelled with twenty digits.
CREATE TABLE password_history (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  generation {text} NOT NULL,
  sealed {blob} NOT NULL,
  retired_at {int} NOT NULL,
  PRIMARY KEY (pool, sub, generation)
) {wide_table};
