"""A local site that behaves like a county's: lists in GBK with paging, a JSON list, a sitemap, feeds, attachments, faults.

``Site`` is a model that tests change while the server runs: ``publish``, ``correct``, ``withdraw``, ``move``, ``redesign``,
and ``fail`` for what goes wrong. Everything on it is invented. Tests get it as the fixture ``site``; elsewhere:

    with Site.serving() as site: ...
"""

from __future__ import annotations

from tests.sources.site.faults import Fault
from tests.sources.site.files import pdf, wordfile, workbook
from tests.sources.site.model import File, Notice, Request, notice
from tests.sources.site.server import Site

__all__ = ["Fault", "File", "Notice", "Request", "Site", "notice", "pdf", "wordfile", "workbook"]
