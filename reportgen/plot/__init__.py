"""Charts by name, one function per file."""
