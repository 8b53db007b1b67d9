"""Measurements that anybody can run; each prints ratios against a floor measured in the same run."""
