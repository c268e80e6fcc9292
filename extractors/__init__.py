"""Bytes to documents: ``readers/`` turn a file into blocks, the other modules extract one thing each from them."""
