"""Callbacks for training: stop early, save models, set the learning rate, log."""
