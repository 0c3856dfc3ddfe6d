"""The PyTorch engine that Corne's cpu and cuda backends share."""
