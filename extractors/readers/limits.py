"""How much the readers take in before they refuse: every size limit of this floor, in one place.

A file from outside is hostile until it is read. Each limit is far above what a county plan needs (the largest in
practice are scanned appendices of some tens of megabytes) and far below what takes a worker process down.
"""

from __future__ import annotations

MAX_BYTES = 200 * 1024 * 1024
"""Bytes of one file of any format."""

MAX_TEXT_BYTES = 40 * 1024 * 1024
"""Bytes of one plain text or HTML file: text has no pictures, so this is some ten thousand pages."""

MAX_TAGS = 2_000_000
"""Tags of one page: each becomes an object in memory, far larger than its markup."""

MAX_MEMBERS = 20_000
"""Members of a ZIP container (DOCX, XLSX, archives)."""

MAX_UNPACKED_BYTES = 600 * 1024 * 1024
"""Bytes of all members of a ZIP container together, unpacked."""

MAX_MEMBER_RATIO = 500
"""How many times larger than packed a member may be (checked for members above a megabyte)."""

MAX_ARCHIVE_DEPTH = 3
"""Archives within archives."""

MAX_PAGES = 5_000
"""Pages of a paged document."""

MAX_CHARACTERS = 14_000_000
"""Characters of one DOCX or PDF: some twenty thousand full pages."""

MAX_CELLS = 2_000_000
"""Cells of one workbook or of one table, the covered places of merged cells counted."""

MAX_SPAN = 10_000
"""Rows or columns that one merged cell of a page may cover; larger numbers are cut to what the table holds."""

OFFICE_SECONDS = 60
"""Seconds that LibreOffice may take for one old file; ordinary ones take one to two."""

OFFICE_MEMORY_BYTES = 2 * 1024**3
"""Address space of LibreOffice while it converts one file; it does with a quarter of it for ordinary ones."""

SNIFF_BYTES = 8_192
"""Bytes looked at to recognise a format."""

MAX_XML_PART_BYTES = 64 * 1024 * 1024
"""Bytes of one XML part of an OFD package: one part is one page, and as a tree it takes ten times as much memory."""

MAX_PAGE_OBJECTS = 500_000
"""Text, path, image and composite objects of one OFD page, those of its templates and composite units counted."""

MAX_PIXELS = 100_000_000
"""Pixels of one picture: an A3 page scanned at 600 dpi has 70 million. Checked in the header, before decoding."""

MAX_OCR_SIDE = 3_000
"""Long side in pixels of what text recognition gets (A4 at 256 dpi); larger pictures are scaled down to it."""
