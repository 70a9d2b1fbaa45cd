"""The chain, the tables of what was said, and what keeps both from being changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

START = "0" * 64
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_PHOTO = ("judgement", "explanation", "size", "rating", "decision")
SAID = ("inspection", "photo", *OF_PHOTO, "sign_off", "deletion")


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("written_at", sa.String(32), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_entry"),
        sa.UniqueConstraint("previous", name="uq_entry_previous"),
        sa.UniqueConstraint("hash", name="uq_entry_hash"),
    )
    op.create_index("ix_entry_inspection", "entry", ["inspection"])
    _said("inspection")
    _said("photo", sa.Column("sha256", sa.String(64), nullable=False), sa.Column("stored", sa.String(80)))
    op.create_index("ix_photo_sha256", "photo", ["sha256"])
    op.create_index("ix_photo_stored", "photo", ["stored"])
    _of_photo(
        "judgement",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("probability", sa.Double()),
    )
    op.create_index("ix_judgement_key", "judgement", ["key"])
    _of_photo("explanation", sa.Column("judgement", NUMBER, nullable=False), judgement=True)
    op.create_index("ix_explanation_judgement", "explanation", ["judgement"])
    _of_photo("size")
    _of_photo("rating")
    _of_photo(
        "decision", sa.Column("judgement", NUMBER), sa.Column("verdict", sa.String(16), nullable=False), judgement=True
    )
    _said("sign_off")
    _said("deletion")
    guards = _guards_of_postgresql() if op.get_bind().dialect.name == "postgresql" else _guards_of_sqlite()
    for statement in guards:
        op.execute(statement)


def _said(name: str, *columns: sa.Column, constraints: tuple[sa.Constraint, ...] = ()) -> None:  # type: ignore[type-arg]
    op.create_table(
        name,
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("number", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["number"], ["entry.number"], name=f"fk_{name}_number"),
        *constraints,
    )
    op.create_index(f"ix_{name}_inspection", name, ["inspection"])


def _of_photo(name: str, *columns: sa.Column, judgement: bool = False) -> None:  # type: ignore[type-arg]
    refers = [sa.ForeignKeyConstraint(["photo"], ["photo.number"], name=f"fk_{name}_photo")]
    if judgement:
        refers.append(sa.ForeignKeyConstraint(["judgement"], ["judgement.number"], name=f"fk_{name}_judgement"))
    photo = (sa.Column("photo", NUMBER, nullable=False), sa.Column("sha256", sa.String(64), nullable=False))
    _said(name, *photo, *columns, constraints=tuple(refers))
    op.create_index(f"ix_{name}_sha256", name, ["sha256"])


# No row is changed, and none goes, but what was said of an inspection whose deletion is in the chain already. A row of
# the chain follows the last one. INSERT OR REPLACE of SQLite removes rows without a word where the connection has not
# switched recursive triggers on; it still asks the triggers before an INSERT.


def _guards_of_sqlite() -> list[str]:
    last = "SELECT {} FROM entry ORDER BY number DESC LIMIT 1"
    guards = [
        f"""CREATE TRIGGER entry_follows BEFORE INSERT ON entry
            WHEN NEW.number IS NOT coalesce(({last.format("number")}), 0) + 1
              OR NEW.previous IS NOT coalesce(({last.format("hash")}), '{START}')
              OR EXISTS (SELECT 1 FROM entry WHERE hash = NEW.hash)
            BEGIN SELECT RAISE(ABORT, 'append-only: a row follows the last one'); END""",
        """CREATE TRIGGER entry_stays BEFORE DELETE ON entry
            BEGIN SELECT RAISE(ABORT, 'append-only: no row is removed'); END""",
    ]
    for name in SAID:
        gone = "WHEN NOT EXISTS (SELECT 1 FROM deletion WHERE inspection = OLD.inspection)"
        guards += [
            f"""CREATE TRIGGER {name}_new BEFORE INSERT ON {name}
                WHEN EXISTS (SELECT 1 FROM {name} WHERE number = NEW.number)
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is replaced'); END""",
            f"""CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} {"" if name == "deletion" else gone}
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is removed'); END""",
        ]
    for name in ("entry", *SAID):
        guards.append(
            f"""CREATE TRIGGER {name}_unchanged BEFORE UPDATE ON {name}
                BEGIN SELECT RAISE(ABORT, 'append-only: no row is changed'); END"""
        )
    return guards


def _guards_of_postgresql() -> list[str]:
    guards = [
        """CREATE FUNCTION crackxai_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'append-only: no row is changed or removed'; END $$""",
        """CREATE FUNCTION crackxai_remove() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT EXISTS (SELECT 1 FROM deletion WHERE inspection = OLD.inspection) THEN
                RAISE EXCEPTION 'append-only: no row is removed';
              END IF;
              RETURN OLD;
            END $$""",
        f"""CREATE FUNCTION crackxai_follow() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE head entry%ROWTYPE;
            BEGIN
              SELECT * INTO head FROM entry ORDER BY number DESC LIMIT 1;
              IF NEW.number <> coalesce(head.number, 0) + 1 OR NEW.previous <> coalesce(head.hash, '{START}') THEN
                RAISE EXCEPTION 'append-only: a row follows the last one';
              END IF;
              RETURN NEW;
            END $$""",
        "CREATE TRIGGER entry_follows BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION crackxai_follow()",
    ]
    for name in ("entry", *SAID):
        stays = name in ("entry", "deletion")
        guards += [
            f"CREATE TRIGGER {name}_unchanged BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION crackxai_refuse()",
            f"CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION "
            f"{'crackxai_refuse' if stays else 'crackxai_remove'}()",
            f"CREATE TRIGGER {name}_kept BEFORE TRUNCATE ON {name} EXECUTE FUNCTION crackxai_refuse()",
        ]
    return guards
