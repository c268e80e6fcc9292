"""What was read beside a plan when it was checked, so that a finding that changes by it says so; findings lose a column.

``findings.element`` was always null: the elements at fault are told apart inside a finding.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from corpus.dialects import string

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """Changes the columns; the seals of both tables stay, they guard rows."""
    op.drop_column("findings", "element")
    op.add_column("runs", Column("notices", string(64), comment="hash of the notices read beside it; null: not known"))
    op.add_column("runs", Column("others", string(64), comment="hash of the other plans; null: not known"))
