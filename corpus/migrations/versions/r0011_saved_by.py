"""Who saved a search: it is theirs, and others may not forget it for them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from corpus.dialects import string

revision = "11"
down_revision = "10"


def upgrade() -> None:
    """Adds the column; of searches that there are already, nobody knows."""
    op.add_column("saved_searches", Column("owner", string(), comment="whose account saved it; null: nobody's"))
