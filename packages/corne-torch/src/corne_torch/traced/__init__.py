"""Steps recorded into one graph, compiled, and run without a tape or Python per layer."""

from corne_torch.traced.step import TracedStep

__all__ = ["TracedStep"]
