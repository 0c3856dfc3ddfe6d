"""Published network architectures, with trained weights, for Corne."""
