"""The versions that are installed here of all that CrackXAI needs: ``python .ci/constraints.py > constraints.txt``."""

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILES = ("requirements.txt", "tests/browser/requirements.txt")
TOOLS = ("authlib", "httpx", "mypy", "psycopg[binary]", "pytest-xdist", "ray", "ruff")
OF_THE_ENVIRONMENT = {"pip", "setuptools", "wheel"}
HEAD = """\
# The versions that .ci/run tests with (Linux, Python 3.11), for pip install -c constraints.txt.
# The ranges that are meant to work stand in requirements.txt. Made by .ci/constraints.py.
"""


def closure(requirements: list[Requirement]) -> dict[str, str]:
    """Name -> version of what is required, of what that requires, and so on."""
    found: dict[str, str] = {}
    asked: set[tuple[str, frozenset[str]]] = set()
    while requirements:
        each = requirements.pop()
        key = canonicalize_name(each.name), frozenset(each.extras)
        if key in asked:
            continue
        asked.add(key)
        installed = distribution(each.name)
        found[key[0]] = installed.version
        for line in installed.requires or ():
            needed = Requirement(line)
            extras = each.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                requirements.append(needed)
    return {name: found[name] for name in sorted(found) if name not in OF_THE_ENVIRONMENT}


if __name__ == "__main__":
    root = Path(__file__).parent.parent
    lines = [line.partition("#")[0].strip() for name in FILES for line in (root / name).read_text("utf-8").splitlines()]
    versions = closure([Requirement(line) for line in [*filter(None, lines), *TOOLS]])
    print(HEAD + "\n".join(f"{name}=={version}" for name, version in versions.items()))
