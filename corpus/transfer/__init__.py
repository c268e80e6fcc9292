"""A whole corpus as one archive, whatever its database: written, read back, joined to another.

::

    manifest.json          what is there: the form, the schema, rows, sizes and SHA-256 of every table, the end of the
                           chain of decisions
    tables/documents.jsonl …
                           a row a line, in the order of the key
    originals.jsonl        the SHA-256 and size of every original
    originals/ab/cd/abcd…  every file as it came

The same corpus gives the same bytes. The search index and what is made from documents (``tables.DERIVED``) are not
carried: they are made anew.
"""
