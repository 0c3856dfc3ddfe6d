"""Programs and libraries written for Keras 3, run on Corne: modules under the names ``keras.*``."""
