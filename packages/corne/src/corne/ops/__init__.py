"""Operations on arrays and symbolic tensors, under Keras 3's names, from whichever packages are installed.

Each runs on the active backend, and records a node of a graph where an argument is symbolic.
"""

from corne.ops._face import face as _face

__getattr__, __dir__ = _face()
