"""Roles: what each may do. Each may do what those before it may.

An action is called by the kind of row that it writes; "look" writes none. Who signs an inspection must not have written
anything else into it, whatever the role: that is kept by the database itself, see `migrations/who.py`.
"""

from __future__ import annotations

from crackxai.errors import Message

ROLES: dict[str, Message] = {
    "viewer": Message("role.viewer", "viewer"),
    "inspector": Message("role.inspector", "inspector"),
    "reviewer": Message("role.reviewer", "reviewer"),
    "administrator": Message("role.administrator", "administrator"),
}
"""Roles, lower first, and what they are called."""
NOBODY = Message("role.none", "none")
LEAST = {
    "look": "viewer",
    "inspection": "inspector", "photo": "inspector", "judgement": "inspector", "explanation": "inspector",
    "size": "inspector", "rating": "inspector", "decision": "inspector", "import": "inspector",
    "sign-off": "reviewer",
    "deletion": "administrator", "role": "administrator",
}  # fmt: skip
"""Action -> the lowest role that may do it."""
BY_MACHINE = frozenset({"photo", "judgement", "explanation"})
"""What a run that somebody began writes, also after that person's login has expired; not after a role was taken."""


def may(role: str | None, action: str) -> bool:
    """Whether that role, None for none, is enough for an action of `LEAST`."""
    names = tuple(ROLES)
    return role in ROLES and names.index(str(role)) >= names.index(LEAST[action])
