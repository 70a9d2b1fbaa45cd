"""This computer's processor: its name, for records, and whether it computes in bfloat16."""

from __future__ import annotations

import functools
import platform
import re
from pathlib import Path


@functools.cache
def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """As its maker calls it where the system tells ("AMD EPYC 9554"), else its architecture ("arm64")."""
    # platform.processor() is empty, or the architecture again, on most Linux systems.
    if cpuinfo.is_file():
        named = re.search(r"^model name\s*:\s*(\S.*?)\s*$", cpuinfo.read_text("utf-8", "replace"), re.MULTILINE)
        if named:
            return named.group(1)
    return platform.processor() or platform.machine()


def has_bfloat16(cpuinfo: str = "/proc/cpuinfo") -> bool:
    """Whether this processor computes in bfloat16 (AVX512-BF16, AMX or Arm BF16); elsewhere it is only slower."""
    try:
        words = set(Path(cpuinfo).read_text().split())
    except OSError:
        return False
    return bool(words & {"avx512_bf16", "amx_bf16", "bf16"})
