"""TensorBoard logs of training, without TensorFlow."""
