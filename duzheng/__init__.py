"""The faces of duzheng: command line and settings. No logic of their own."""

__version__ = "0.1.0"
