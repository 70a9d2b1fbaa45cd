"""The tables: `Entry` is the chain, and each kind of row has a table for what was said; `Claim` is no record.

What was said is ``content``, canonical JSON, and what is hashed is that text as it is stored: no later version of the
tables, and no difference between two databases, can change it. The other columns repeat entries of it by the same name,
so that the database can find and join by them; `audit` compares them with it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Double, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite's own row numbers are of its type INTEGER only, which holds 64 bits too."""
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""The same in every database, so that a migration can name them."""


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMES)


class Entry(Base):
    """A row of the chain.

    Attributes
    ----------
    number : from 1 on, without a gap. kind : a key of `TABLES`. inspection : which one it is of.
    written_at : UTC, ISO 8601 with microseconds. content_sha256 : of what was said.
    previous : `hash` of the row before. hash : `crackxai.inspection.records.chain.entry_hash`.
    """

    __tablename__ = "entry"
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    inspection: Mapped[str] = mapped_column(String(32), index=True)
    written_at: Mapped[str] = mapped_column(String(32))
    content_sha256: Mapped[str] = mapped_column(String(64))
    # Two rows cannot follow one: writers that did not wait for each other fail instead of forking the chain.
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Said(Base):
    """What all kinds of rows have."""

    __abstract__ = True
    kind: ClassVar[str]

    @declared_attr
    def number(cls) -> Mapped[int]:
        return mapped_column(NUMBER, ForeignKey("entry.number"), primary_key=True, autoincrement=False)

    @declared_attr
    def inspection(cls) -> Mapped[str]:
        return mapped_column(String(32), index=True)

    @declared_attr
    def content(cls) -> Mapped[str]:
        return mapped_column(Text)

    @declared_attr
    def account(cls) -> Mapped[str | None]:
        """Of the person who wrote it, where one logged in."""
        return mapped_column(String(64))

    @classmethod
    def lookups(cls) -> tuple[str, ...]:
        """Names of the columns that repeat the content's."""
        names = (column.name for column in cls.__table__.columns)
        return tuple(name for name in names if name not in ("number", "inspection", "content"))

    @classmethod
    def columns_of(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Their values."""
        return {name: content.get(name) for name in cls.lookups()}


class OfPhoto(Said):
    """What is said of a photo. ``photo``: number of its row at that time. ``sha256``: of its file."""

    __abstract__ = True

    @declared_attr
    def photo(cls) -> Mapped[int]:
        return mapped_column(NUMBER, ForeignKey("photo.number"))

    @declared_attr
    def sha256(cls) -> Mapped[str]:
        return mapped_column(String(64), index=True)


class Claim(Base):
    """Work that somebody has in hand, see `crackxai.inspection.records.claims`. No record: its rows come and go.

    Attributes
    ----------
    work : SHA-256 of what it is. holder : of whom. until : seconds since 1970 by the database's clock.
    """

    __tablename__ = "claim"
    work: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32), index=True)
    until: Mapped[float] = mapped_column(Double)


class InspectionRow(Said):
    __tablename__ = kind = "inspection"


class PhotoRow(Said):
    __tablename__ = kind = "photo"
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    stored: Mapped[str | None] = mapped_column(String(80), index=True)


class JudgementRow(OfPhoto):
    __tablename__ = kind = "judgement"
    key: Mapped[str] = mapped_column(String(64), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    probability: Mapped[float | None] = mapped_column(Double)


class ExplanationRow(OfPhoto):
    __tablename__ = kind = "explanation"
    judgement: Mapped[int] = mapped_column(NUMBER, ForeignKey("judgement.number"), index=True)


class SizeRow(OfPhoto):
    __tablename__ = kind = "size"


class RatingRow(OfPhoto):
    __tablename__ = kind = "rating"


class DecisionRow(OfPhoto):
    __tablename__ = kind = "decision"
    judgement: Mapped[int | None] = mapped_column(NUMBER, ForeignKey("judgement.number"))
    verdict: Mapped[str] = mapped_column(String(16))


class SignOffRow(Said):
    __tablename__ = "sign_off"
    kind = "sign-off"


class ImportRow(Said):
    __tablename__ = "imported"
    kind = "import"


class DeletionRow(Said):
    __tablename__ = kind = "deletion"


class SignInRow(Said):
    __tablename__ = "sign_in"
    kind = "sign-in"
    account: Mapped[str | None] = mapped_column(String(64), index=True)
    who: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(64), index=True)
    event: Mapped[str] = mapped_column(String(8))


class RefusalRow(Said):
    __tablename__ = kind = "refusal"


class RoleRow(Said):
    __tablename__ = kind = "role"
    person: Mapped[str] = mapped_column(String(64), index=True)
    role: Mapped[str] = mapped_column(String(16))


GOING: tuple[type[Said], ...] = (
    ExplanationRow, SizeRow, RatingRow, DecisionRow, JudgementRow, PhotoRow, SignOffRow, ImportRow,
    InspectionRow,
)  # fmt: skip
"""What goes with an inspection, in an order in which nothing refers to what has gone."""
REVIEWED: tuple[type[Said], ...] = (InspectionRow, PhotoRow, SizeRow, RatingRow, DecisionRow)
"""What makes an inspection somebody's own work, which another person signs."""
_ALL: tuple[type[Said], ...] = (*GOING, DeletionRow, SignInRow, RefusalRow, RoleRow)
"""The last three are of people, and of no inspection."""
TABLES: dict[str, type[Said]] = {table.kind: table for table in _ALL}
"""By kind of row."""
