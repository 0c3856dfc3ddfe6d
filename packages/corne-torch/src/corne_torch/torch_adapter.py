"""TorchAdapter: batches of PyTorch's loaders and data sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from corne.training.adapters import DataAdapter
from corne.training.adapters.prepare import check_batch_size
from corne.training.adapters.streams import Stream, length_of, refuse


def adapter_for(x: Any, y: Any, sample_weight: Any, options: Mapping[str, Any]) -> DataAdapter | None:
    """Answer the hook ``corne_data_adapter`` for PyTorch's loaders and data sets, without importing PyTorch.

    Args:
        x: The user's data.
        y: Must be None: the data yield their targets.
        sample_weight: Must be None, likewise.
        options: The hook's.

    Raises:
        ArgumentError: ``y`` or ``sample_weight`` is given.
    """
    if not any(cls.__module__.startswith("torch.utils.data") for cls in type(x).__mro__):
        return None
    refuse("y", y, x)
    refuse("sample_weight", sample_weight, x)
    return TorchAdapter(x, options["batch_size"], options["shuffle"], options["class_weight"])


class TorchAdapter(Stream):
    """Batches of a PyTorch DataLoader, or of a Dataset through one."""

    def __init__(
        self,
        data: Any,
        batch_size: int | None,
        shuffle: bool | str,
        class_weight: Mapping[int, float] | None = None,
    ) -> None:
        super().__init__(data, class_weight)
        self._loader = data
        if not hasattr(data, "batch_sampler"):
            import torch.utils.data as torch_data

            has_order = not isinstance(data, torch_data.IterableDataset)
            self._loader = torch_data.DataLoader(
                data, batch_size=check_batch_size(batch_size), shuffle=bool(shuffle) and has_order
            )
        self.batch_size = getattr(self._loader, "batch_size", None)
        self.num_batches = length_of(self._loader)

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin a pass over the loader."""
        batches: Iterable[Any] = iter(self._loader)
        return batches

    def why_inexact(self) -> str | None:
        """Return that workers outlive an epoch, where they do: what they drew is unknown here."""
        if not getattr(self._loader, "persistent_workers", False):
            return None
        return (
            "the DataLoader's worker processes live on from epoch to epoch, and with them random states that are not "
            "saved: use persistent_workers=False if the data set draws random numbers"
        )
