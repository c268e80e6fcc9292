"""Requirement packs, the engine that holds a document against them, and the forms its findings are handed over in."""
