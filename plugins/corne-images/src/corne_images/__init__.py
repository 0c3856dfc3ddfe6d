"""Image files, image layers and bounding boxes for Corne."""
