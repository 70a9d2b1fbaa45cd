"""What several servers have in hand, so that none does what another is doing. No record: rows come and go."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("work", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("work", name="pk_claim"),
    )
    op.create_index("ix_claim_holder", "claim", ["holder"])
