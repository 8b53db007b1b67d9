"""What a run was made with and on: code, versions, hardware; without secrets."""
