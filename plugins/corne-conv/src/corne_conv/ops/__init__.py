"""Operations of convolution, pooling and resizing."""
