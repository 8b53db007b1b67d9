"""Files that a run keeps: saved ones, code, and artifacts with their versions."""
