"""What this package registers with Corne."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Register the layers."""
    return {"Scale": "corne_example_layer.scale:Scale", "Swirl": "corne_example_layer.swirl_layer:Swirl"}


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


@hookimpl
def corne_ops() -> dict[str, str]:
    """Register the operation."""
    return {"swirl": "corne_example_layer.swirl:swirl"}


@hookimpl
def corne_kernels() -> dict[str, str]:
    """Register what carries out the operation on backends that share PyTorch."""
    return {"torch:swirl": "corne_example_layer.torch_kernel:swirl"}
