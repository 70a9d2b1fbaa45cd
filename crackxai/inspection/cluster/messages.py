"""What goes through the pipe between a run and the process that speaks with Ray. Both are of one installation."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from crackxai.errors import CrackXAIError, Message
from crackxai.explain.settings import ExplainSettings
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.photo import Box

LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Setup:
    """What workers need before the first photo.

    Attributes
    ----------
    address : of the cluster, or "auto". per_node : workers on each node; 0: see `crackxai.inspection.cluster.slots`.
    folder : of the model, on this computer; None: the bundled one. precision, runtime : as `load_model` takes them.
    key : of the model that the run has, which the workers' must be. settings : of the run.
    version : of CrackXAI here. join_s : seconds in which Ray has to have joined the cluster, or begun one.
    """

    address: str
    per_node: int
    folder: Path | None
    precision: str
    runtime: str
    key: str
    settings: FolderSettings
    version: str
    join_s: float


@dataclass(frozen=True)
class Task:
    """A photo to be judged, or to be explained.

    Attributes
    ----------
    data : its file. name : for its errors, and in the record of its map.
    maps : settings of its map; None: it is judged. box : its window that is explained; None: the whole of it.
    """

    number: int
    data: bytes
    name: str
    maps: ExplainSettings | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Answer:
    """To a task: a `Judgement`, a map as (record, (H, W, 3) float32 values), or the error of this photo alone."""

    number: int
    value: Any | CrackXAIError


@dataclass(frozen=True)
class Standing:
    """What works now.

    Attributes
    ----------
    workers : that are ready. nodes : that they are on. in_hand : tasks that they take together.
    problems : why other places have no worker.
    """

    workers: int
    nodes: int
    in_hand: int
    problems: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Lost:
    """Nothing can be computed any more."""

    why: Message


def send(stream: BinaryIO, message: object) -> None:
    """Raises OSError, ValueError: nobody reads it."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next one; None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None
