"""The server's own addresses, without asking another host for them.

Streamlit asks a service on the internet which address this computer has, to print it when it starts for the whole
network, and whenever a browser comes from a page of another name (behind a proxy, or framed).
"""

from __future__ import annotations

import ipaddress
import socket

import psutil
from streamlit import net_util


def internal_address() -> str | None:
    """This computer's IPv4 address in its own network; None where it has none."""
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET and not ipaddress.ip_address(address.address).is_loopback:
                return str(address.address)
    return None


def only_here(address: str | None) -> bool:
    """Whether a server that answers at that address (``server.address``) can be reached from this computer alone."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def stay_local() -> None:
    """Let Streamlit use what this computer itself knows of its addresses."""
    net_util.get_internal_ip = internal_address
    net_util.get_external_ip = lambda: None
