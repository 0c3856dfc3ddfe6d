"""Default bodies of recurrent operations, on array-API functions."""
