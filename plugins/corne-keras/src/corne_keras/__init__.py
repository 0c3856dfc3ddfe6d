"""Models and weights of Keras 1 and 2, and legacy HDF5, for Corne."""
