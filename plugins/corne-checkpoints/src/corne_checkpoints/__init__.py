"""Checkpoints of training: an interrupted fit resumes to the same bits."""
