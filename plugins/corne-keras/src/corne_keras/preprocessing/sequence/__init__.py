"""``keras.preprocessing.sequence``: pairs of words and windows of time series."""
