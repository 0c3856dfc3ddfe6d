"""The everyday layers of Corne: dense, reshaping, merging, normalization, regularization."""
