"""The pages, a module a room; each has a ``router``."""
