"""A package, so that its tests share a page: fixtures of its scope end with its last test."""
