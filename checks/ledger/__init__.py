"""The issue ledger (问题台账): written as a workbook, edited by people, read back as decisions."""

from __future__ import annotations

from checks.ledger.sheets import COLOURS, ISSUES
from checks.ledger.values import Entry, clean
from checks.ledger.write import write_ledger

__all__ = ["COLOURS", "ISSUES", "Entry", "clean", "write_ledger"]
