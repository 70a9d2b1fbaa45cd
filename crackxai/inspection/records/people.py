"""Who decides and signs. Until there is a sign-in, the system's own name of the user; nothing else asks for it."""

from __future__ import annotations

import getpass
import os

UNKNOWN = "unknown user"


def deciding_person() -> str:
    """The name that the system knows this program's user by.

    Where it knows none (a container without an entry for its user's number), that number: "user 1000"; where there are
    no numbers either, `UNKNOWN`.
    """
    try:
        name = getpass.getuser().strip()
    except (KeyError, OSError, ImportError):  # Python before 3.13 raises what the lookup raised
        name = ""
    if name:
        return name
    return f"user {os.getuid()}" if hasattr(os, "getuid") else UNKNOWN
