"""What this package registers with Corne."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Register the layer."""
    return {"Scale": "corne_example_layer.scale:Scale"}


@hookimpl
def corne_activations() -> dict[str, str]:
    """Register the activation."""
    return {"squared_relu": "corne_example_layer.squared_relu:squared_relu"}


@hookimpl
def corne_losses() -> dict[str, str]:
    """Register the loss as a class and as a function."""
    return {
        "LogRatio": "corne_example_layer.log_ratio:LogRatio",
        "log_ratio": "corne_example_layer.log_ratio:log_ratio",
    }
