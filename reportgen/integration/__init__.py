"""Callbacks for other frameworks, under the names that W&B's have. Each loads its framework when it is imported."""
