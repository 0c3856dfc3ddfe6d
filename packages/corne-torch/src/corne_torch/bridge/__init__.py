"""Models of Corne as modules of PyTorch, and the other way round."""
