"""Signs labels, binds them to their content, and says of a signature what it proves and what it does not."""
