"""Operations for numerical work: linear algebra, signals, statistics, order, bits and images."""
