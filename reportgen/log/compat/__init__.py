"""What scripts written for W&B expect beside the rules of `log`."""
