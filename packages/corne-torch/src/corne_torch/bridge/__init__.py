"""Convert models of Corne to modules of PyTorch, and modules to layers."""
