"""Who people are: logins, refusals and roles; whose each row is; and that nobody signs for what is their own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = (
    "inspection", "photo", "judgement", "explanation", "size", "rating", "decision", "sign_off", "imported", "deletion",
)  # fmt: skip
REVIEWED = ("inspection", "photo", "size", "rating", "decision")
"""What makes an inspection somebody's own work: its particulars and photos, and what people say of these."""


def upgrade() -> None:
    for name in BEFORE:
        # Of a new column without a default neither database makes a copy, so that the triggers stay.
        op.add_column(name, sa.Column("account", sa.String(64)))
    _people(
        "sign_in",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        indexed=("login", "account"),
    )
    _people("refusal")
    _people(
        "role",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        indexed=("person",),
    )
    guards = _guards_of_postgresql() if op.get_bind().dialect.name == "postgresql" else _guards_of_sqlite()
    for statement in guards:
        op.execute(statement)


def _people(name: str, *columns: sa.Column, indexed: tuple[str, ...] = ()) -> None:  # type: ignore[type-arg]
    op.create_table(
        name,
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("account", sa.String(64)),
        *columns,
        sa.PrimaryKeyConstraint("number", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["number"], ["entry.number"], name=f"fk_{name}_number"),
    )
    for column in ("inspection", *indexed):
        op.create_index(f"ix_{name}_{column}", name, [column])


# Who signs must have written nothing of `REVIEWED` into the inspection. An inspection that people with a login wrote
# into is signed by one; but what came with an import is another installation's, where nobody signed anything here.


def _own_work() -> str:
    own = " OR ".join(
        f"EXISTS (SELECT 1 FROM {name} WHERE inspection = NEW.inspection AND account = NEW.account)"
        for name in REVIEWED
    )
    came = "coalesce((SELECT max(number) FROM imported WHERE inspection = NEW.inspection), 0)"
    with_login = " OR ".join(
        f"EXISTS (SELECT 1 FROM {name} WHERE inspection = NEW.inspection AND account IS NOT NULL AND number > {came})"
        for name in REVIEWED
    )
    return f"({own}) OR (NEW.account IS NULL AND ({with_login}))"


SAYS = "four eyes: who signs logged in, and wrote nothing else into the inspection"


def _guards_of_sqlite() -> list[str]:
    guards = [
        f"""CREATE TRIGGER sign_off_reviewer BEFORE INSERT ON sign_off WHEN {_own_work()}
            BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"""
    ]
    for name in ("sign_in", "refusal", "role"):
        guards += [
            f"""CREATE TRIGGER {name}_new BEFORE INSERT ON {name}
                WHEN EXISTS (SELECT 1 FROM {name} WHERE number = NEW.number)
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is replaced'); END""",
            f"""CREATE TRIGGER {name}_stays BEFORE DELETE ON {name}
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is removed'); END""",
            f"""CREATE TRIGGER {name}_unchanged BEFORE UPDATE ON {name}
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is changed'); END""",
        ]
    return guards


def _guards_of_postgresql() -> list[str]:
    """With the functions of the first revision."""
    guards = [
        f"""CREATE FUNCTION crackxai_review() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF {_own_work()} THEN RAISE EXCEPTION '{SAYS}'; END IF;
              RETURN NEW;
            END $$""",
        "CREATE TRIGGER sign_off_reviewer BEFORE INSERT ON sign_off FOR EACH ROW EXECUTE FUNCTION crackxai_review()",
    ]
    for name in ("sign_in", "refusal", "role"):
        guards += [
            f"CREATE TRIGGER {name}_unchanged BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION crackxai_refuse()",
            f"CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION crackxai_refuse()",
            f"CREATE TRIGGER {name}_kept BEFORE TRUNCATE ON {name} EXECUTE FUNCTION crackxai_refuse()",
        ]
    return guards
