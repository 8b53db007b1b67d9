"""Several processes: ranks, forks, workers, and the end of each."""
