"""Training: the step, the loop around it, the data that feeds it, the callbacks that watch it."""
