"""The JSON interface, a module a room; each has a ``router`` whose paths begin with /api/v1."""
