"""``keras.preprocessing.text``: words by pattern, counted and numbered."""
