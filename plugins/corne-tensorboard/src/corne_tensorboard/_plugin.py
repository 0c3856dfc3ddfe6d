"""What this package registers."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_callbacks():  # type: ignore[no-untyped-def]
    """Register the callback."""
    return {"TensorBoard": "corne_tensorboard.tensorboard:TensorBoard"}
