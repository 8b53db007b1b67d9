"""What users construct, one class per file."""
