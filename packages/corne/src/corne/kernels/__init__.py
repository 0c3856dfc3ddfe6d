"""Default bodies of the larger operations, composed from an array-API namespace: correct and slow."""
