"""Text, sequences and images as programs of Keras 1 and 2 prepare them (``keras.preprocessing`` to 2.15)."""
