"""Works on many files: walks folders, gives every file an outcome, never stops half-way with an exception."""
