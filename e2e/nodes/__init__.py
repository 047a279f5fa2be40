"""Many nodes: three servers on one Postgres behind a round-robin proxy, and what must hold across them."""
