"""Records to what a panel shows, one file per kind."""
