"""Where an inspection came from that another installation handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = "imported"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{NAME}"),
        sa.ForeignKeyConstraint(["number"], ["entry.number"], name=f"fk_{NAME}_number"),
    )
    op.create_index(f"ix_{NAME}_inspection", NAME, ["inspection"])
    guards = _guards_of_postgresql() if op.get_bind().dialect.name == "postgresql" else _guards_of_sqlite()
    for statement in guards:
        op.execute(statement)


def _guards_of_sqlite() -> list[str]:
    """As the other tables have them, see the first revision."""
    return [
        f"""CREATE TRIGGER {NAME}_new BEFORE INSERT ON {NAME}
            WHEN EXISTS (SELECT 1 FROM {NAME} WHERE number = NEW.number)
            BEGIN SELECT RAISE(ABORT, 'append-only: no row is replaced'); END""",
        f"""CREATE TRIGGER {NAME}_stays BEFORE DELETE ON {NAME}
            WHEN NOT EXISTS (SELECT 1 FROM deletion WHERE inspection = OLD.inspection)
            BEGIN SELECT RAISE(ABORT, 'append-only: no row is removed'); END""",
        f"""CREATE TRIGGER {NAME}_unchanged BEFORE UPDATE ON {NAME}
            BEGIN SELECT RAISE(ABORT, 'append-only: no row is changed'); END""",
    ]


def _guards_of_postgresql() -> list[str]:
    """With the functions of the first revision."""
    return [
        f"CREATE TRIGGER {NAME}_unchanged BEFORE UPDATE ON {NAME} FOR EACH ROW EXECUTE FUNCTION crackxai_refuse()",
        f"CREATE TRIGGER {NAME}_stays BEFORE DELETE ON {NAME} FOR EACH ROW EXECUTE FUNCTION crackxai_remove()",
        f"CREATE TRIGGER {NAME}_kept BEFORE TRUNCATE ON {NAME} EXECUTE FUNCTION crackxai_refuse()",
    ]
