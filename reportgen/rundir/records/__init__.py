"""The shape of each kind of data on disk, one file per kind."""
