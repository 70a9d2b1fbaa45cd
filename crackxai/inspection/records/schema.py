"""The tables made, and brought up to date: Alembic's migrations, from the package itself."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records.database import Database

FOLDER = Path(__file__).parent / "migrations"
NEWEST = "head"


def bring_up_to_date(database: Database, to: str = NEWEST) -> None:
    """Make the tables, or change those of an older version: all of it, or nothing where it fails or is killed.

    Parameters
    ----------
    to : revision.

    Raises
    ------
    RecordsError : a newer version of the program wrote them, or another program did.
    """
    scripts = migrations()
    with database.reading() as connection:
        if _revision(connection, scripts, database.name) == scripts.get_current_head() and to == NEWEST:
            return
    database.switch_to_wal()
    # Asked again with the lock: another process may do the same at this moment.
    with database.writing() as connection:
        if _revision(connection, scripts, database.name) == scripts.get_current_head():
            return

        def steps(revision: object, _: object) -> object:
            return scripts._upgrade_revs(to, revision)  # type: ignore[arg-type]

        environment = EnvironmentContext(Config(), scripts, fn=steps, destination_rev=to)
        with environment:
            environment.configure(connection=connection)
            environment.run_migrations()


def migrations() -> ScriptDirectory:
    """The program's, all of them."""
    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])


def _revision(connection: Connection, scripts: ScriptDirectory, name: str) -> str | None:
    """Of the database; None where it is empty. Raises RecordsError where it is not for this program."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {each.revision for each in scripts.walk_revisions()}
    if revision is None and inspect(connection).get_table_names():
        raise RecordsError(
            Message(
                "records-error.another-program",
                "{place}: expected records of inspections or an empty database, received another "
                "program's. Nothing was written to it. Name another place with CRACKXAI_DB.",
                place=name,
            )
        )
    if revision is not None and revision not in known:
        raise RecordsError(
            Message(
                "records-error.newer",
                "{place}: expected records of this version of CrackXAI or an older one (tables "
                "of up to {head}), received ones of a newer version (tables of {revision}). "
                "Nothing was written to them. Update CrackXAI.",
                place=name,
                head=scripts.get_current_head(),
                revision=revision,
            )
        )
    return revision
