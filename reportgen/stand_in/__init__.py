"""A folder for `PYTHONPATH`: in it `wandb` is reportgen. `reportgen run` puts it there; see `as_wandb.py`."""
