"""Hooks into other libraries, which are never imported for it: TensorBoard, gym, torch, notebooks."""
