"""First on the path of a process under test: it may reach no other host, and what it tries is written down."""

import os
import socket
import sys

LOG = os.environ["CRACKXAI_TRIED"]
HERE = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
PLACE = {
    "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}  # fmt: skip
"""Event of the interpreter -> which of its arguments is the address."""


def deny(event: str, arguments: tuple) -> None:
    if event not in PLACE:
        return
    address = arguments[PLACE[event]]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        if address is None or arguments[0].family not in (socket.AF_INET, socket.AF_INET6):
            return  # a socket within this computer
        address = address[0]
    host = address.decode() if isinstance(address, bytes) else address
    if host in HERE:
        return
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(f"{event} {arguments[PLACE[event]]!r}\n")
    raise OSError(f"{host} may not be reached")


sys.addaudithook(deny)
