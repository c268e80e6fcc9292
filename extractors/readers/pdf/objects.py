"""What a PDF page draws besides text: its paths, pictures and forms, looked up once for all who ask."""

from __future__ import annotations

import ctypes
from itertools import repeat
from typing import Any

import pypdfium2.raw

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw


def address(pointer: Any) -> int:
    """The plain address of one of pdfium's handles."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def plain(function: Any, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes and gives plain addresses: called for every object or character of a page, and
    pypdfium2's own binding checks the type of each pointer, which takes longer than the call."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


def unchecked(function: Any) -> Any:
    """A function of pdfium without a declaration of its arguments, given numbers of 32 bits and references (``byref``)
    alone: to convert an argument takes as long as the call. It gives a number of 32 bits if nothing else is said."""
    return type(function)(address(function))


def reference(pointer: Any) -> Any:
    """One of pdfium's handles as ``unchecked`` functions take it."""
    return ctypes.byref(ctypes.c_char.from_address(address(pointer)))


_get = unchecked(pdfium.FPDFPage_GetObject)
_get.restype = ctypes.c_void_p
_kind = plain(pdfium.FPDFPageObj_GetType, ctypes.c_int, ctypes.c_void_p)


def objects(page: Any) -> list[tuple[int, Any]]:
    """Kind (FPDF_PAGEOBJ_…) and handle of everything on a page that is no text."""
    count = max(pdfium.FPDFPage_CountObjects(page.raw), 0)
    items = list(map(_get, repeat(reference(page.raw)), range(count)))
    return [
        (kind, ctypes.cast(item, pdfium.FPDF_PAGEOBJECT))
        for kind, item in zip(map(_kind, items), items, strict=True)
        if kind != pdfium.FPDF_PAGEOBJ_TEXT
    ]
