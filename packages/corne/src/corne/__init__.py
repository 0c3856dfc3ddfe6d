"""A deep-learning framework with Keras's programming model, assembled from plugins."""
