"""How much the readers take in before they refuse: every size limit of this floor, in one place.

A file from outside is hostile until it is read. Each limit is far above what a county plan needs (the largest in
practice are scanned appendices of some tens of megabytes) and far below what takes a worker process down.
"""

from __future__ import annotations

MAX_BYTES = 200 * 1024 * 1024
"""Bytes of one file of any format."""

MAX_TEXT_BYTES = 40 * 1024 * 1024
"""Bytes of one plain text or HTML file: text has no pictures, so this is some ten thousand pages."""

MAX_TAGS = 1_000_000
"""Tags of one page: each becomes an object in memory, far larger than its markup."""

MAX_ATTRIBUTES = 500
"""Attributes of one tag of a page; what has more loses them all, its text is read. The parser's cost is their square."""

MAX_MEMBERS = 20_000
"""Members of a ZIP container (DOCX, XLSX, archives)."""

MAX_UNPACKED_BYTES = 600 * 1024 * 1024
"""Bytes of all members of a ZIP container together, unpacked."""

MAX_MEMBER_RATIO = 500
"""How many times larger than packed a member may be (checked for members above a megabyte)."""

MAX_ARCHIVE_DEPTH = 4
"""Containers within containers: a mail in a mailbox, with an archive, in which lies another one."""

MAX_ZIP_DIRECTORY_BYTES = 16 * 1024 * 1024
"""Bytes of a ZIP's central directory, looked at before it is read: ``MAX_MEMBERS`` entries with names of 800 bytes."""

MAX_LISTING_BYTES = 32 * 1024 * 1024
"""Bytes of the list that the 7-Zip program prints of an archive: ``MAX_MEMBERS`` entries of 1,600 bytes."""

MAX_UNPACK_SECONDS = 60
"""Seconds that the 7-Zip program may take for one archive."""

MAX_UNPACK_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space of the 7-Zip program; a dictionary of 256 MB, the largest in use, fits in."""

MAX_MAIL_PARTS = 1_000
"""Parts of one mail, multiparts counted."""

MAX_MAIL_DEPTH = 20
"""Multiparts within multiparts of one mail."""

MAX_MAIL_HEADER_BYTES = 256 * 1024
"""Bytes of the header of one mail or part."""

MAX_STREAM_BYTES = 400 * 1024 * 1024
"""Bytes of one stream of a PDF, unpacked: a picture of ``MAX_PIXELS`` in colour has 300 million."""

MAX_PAGES = 5_000
"""Pages of a paged document."""

MAX_CHARACTERS = 14_000_000
"""Characters of one DOCX or PDF: some twenty thousand full pages."""

MAX_PICTURES = 300
"""Pictures of one DOCX that are given to text recognition (two to three seconds each)."""

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

MAX_CONTROLS = 6_000_000
"""Control words, braces and pieces of text of one RTF file: some ten thousand pages as Word writes them."""

CHARACTERS_OF_A_SCAN = 2_000
"""What a recognised page counts for ``MAX_CHARACTERS``: a densely printed page."""
