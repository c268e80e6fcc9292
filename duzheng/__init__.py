"""Reads education-policy documents, checks plans against requirement packs, keeps a searchable corpus.

The faces: the command line (``duzheng.cli``) and Python (``duzheng.api``, whose functions are found here as well). No logic
of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duzheng import packs
    from duzheng.api import check, compare, copying, open_corpus, parse, read_table, restore, verify

__version__ = "0.1.0"
__all__ = ["check", "compare", "copying", "open_corpus", "packs", "parse", "read_table", "restore", "verify"]


def __getattr__(name: str) -> Any:
    # Loaded at the first use: the command line must start in a fraction of a second.
    if name == "packs":
        from importlib import import_module

        return import_module("duzheng.packs")
    if name in __all__:
        from duzheng import api

        return getattr(api, name)
    raise AttributeError(f"module 'duzheng' has no attribute {name!r}")
