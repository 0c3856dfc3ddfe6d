"""What corne-visualization adds: ``corne.utils.plot_model``, ``corne.visualization``, and the command ``corne plot``."""

from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_names() -> dict[str, str]:
    """Return paths below ``corne`` to ``module:function``."""
    names = [
        "draw_bounding_boxes",
        "draw_segmentation_masks",
        "plot_bounding_box_gallery",
        "plot_image_gallery",
        "plot_segmentation_mask_gallery",
    ]
    galleries = {f"visualization.{name}": f"corne_visualization.{name}:{name}" for name in names}
    return {"utils.plot_model": "corne_visualization.plot_model:plot_model", **galleries}


@hookimpl
def corne_commands(cli: Any) -> None:
    from corne_visualization.command import plot

    cli.add_command(plot)
