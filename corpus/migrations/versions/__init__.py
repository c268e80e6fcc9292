"""The steps; see ``corpus.migrations``."""
