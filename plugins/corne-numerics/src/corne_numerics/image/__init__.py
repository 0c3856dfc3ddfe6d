"""Operations on images, found as ``corne.ops.image``."""
