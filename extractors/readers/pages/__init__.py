"""Pages with places: what PDF files, OFD files and recognised scans have in common.

Whoever knows which characters stand where on a page, and which straight lines are drawn on it, gets paragraphs, tables
and page furniture from here (``assemble``).
"""
