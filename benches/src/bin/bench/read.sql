SELECT length(name) FROM people WHERE id = ?1
