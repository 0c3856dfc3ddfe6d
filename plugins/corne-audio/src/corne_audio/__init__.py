"""Sound files and spectrogram layers for Corne."""
