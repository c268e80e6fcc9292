"""The corpus: originals, the store that is the truth, the search index derived from it."""
