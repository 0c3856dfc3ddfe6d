"""The operation that attention layers compute with."""
