-- oldest: 1
-- A changed address or number that waits for its code: the old one stays in force until then. It waits as long as it
-- takes; a newer change takes its place, and it goes with the attribute or the person.
CREATE TABLE pending_attributes (
  pool {text} NOT NULL,
  sub {text} NOT NULL,
  attribute {text} NOT NULL,
  value {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (pool, sub, attribute)
) {table};
