"""Operations on images, from whichever packages are installed."""

from corne.ops._face import face as _face

__getattr__, __dir__ = _face("image")
