"""Corne's models as estimators of scikit-learn."""
