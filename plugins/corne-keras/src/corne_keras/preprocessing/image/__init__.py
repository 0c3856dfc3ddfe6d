"""``keras.preprocessing.image``: images changed at random while they are loaded."""
