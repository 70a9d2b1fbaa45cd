"""A visitor without a browser: Streamlit's own websocket messages, uploads and pictures, at little cost of its own.

It does what the page's script in a browser does to the server: runs the page, reruns its fragments at the intervals
that the server asks for, keeps the messages that may be kept, and fetches each picture when its address changes. It
draws nothing, so that many of them leave the processor to the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

XSRF = "_streamlit_xsrf"


class LightClient:
    """One session.

    Parameters
    ----------
    address : ``host:port``. query : of the page's address. page : its name. base : path below which the app is.
    headers : beside those that a websocket needs.
    watching : rerun fragments as often as the server asks for, and fetch pictures.
    """

    def __init__(
        self,
        address: str,
        query: str = "",
        watching: bool = True,
        page: str = "",
        base: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.address, self.query, self.watching = address, query, watching
        self.page_name, self.base, self.headers = page, base, headers or {}
        self.session_id = ""
        self.reruns = self.bytes_received = 0
        self.failure: BaseException | None = None
        self.pictures: set[str] = set()
        self._socket: ClientConnection | None = None
        self._elements: dict[tuple[int, ...], tuple[str, Element]] = {}
        self._drawn: set[tuple[int, ...]] = set()
        self._kept: dict[str, ForwardMsg] = {}
        self._values: dict[str, WidgetState] = {}
        self._page = ""
        self._finished = 0
        self._change = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._to_fetch: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> LightClient:
        self._socket = await connect(
            f"ws://{self.address}{self.base}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,
            additional_headers=self.headers,
        )
        for work in (self._read(), self._fetch()):
            self._start(work)
        await self.rerun()
        return self

    async def __aexit__(self, *failure: object) -> None:
        for task in [*self._tasks, *(task for _, task in self._timers.values())]:
            task.cancel()
        await self._socket.close()

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.failure = task.exception()

    async def rerun(
        self, fragment: str = "", auto: bool = False, limit_s: float = 300, **trigger: WidgetState
    ) -> float:
        """Run the page, or one fragment, and wait until it has; seconds."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self._page
        if not self._page:
            state.page_name = self.page_name
        state.fragment_id, state.is_auto_rerun = fragment, auto
        state.context_info.url, state.context_info.locale = f"http://{self.address}{self.base}/", "en"
        state.cached_message_hashes.extend(self._kept)
        state.widget_states.widgets.extend([*self._values.values(), *trigger.values()])
        before, began = self._finished, time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with self._change:
            await asyncio.wait_for(self._change.wait_for(lambda: self._finished > before or self.failure), limit_s)
        if self.failure is not None:
            raise self.failure
        self.reruns += 1
        return time.perf_counter() - began

    async def press(self, key: str, **kwargs: Any) -> float:
        """A button, by its key."""
        fragment, element = self.widget(key)
        return await self.rerun(fragment, button=WidgetState(id=element.button.id, trigger_value=True), **kwargs)

    async def slide(self, key: str, *values: float) -> float:
        """A slider, by its key; of a select_slider, the place of the option."""
        fragment, element = self.widget(key)
        state = WidgetState(id=element.slider.id)
        state.double_array_value.data.extend(values)
        self._values[state.id] = state
        return await self.rerun(fragment)

    async def choose(self, key: str, place: int) -> float:
        """An option of a segmented control."""
        fragment, element = self.widget(key)
        group = element.button_group
        state = WidgetState(id=group.id)
        if "string_array" in str(group.DESCRIPTOR.fields_by_name):
            state.string_array_value.data.append(group.options[place].content)
        else:
            state.int_array_value.data.append(place)
        self._values[state.id] = state
        return await self.rerun(fragment)

    async def upload(self, files: list[tuple[str, bytes]]) -> float:
        """Files of one drop; seconds until the page has taken them."""
        element = next(e for _, e in self._elements.values() if e.WhichOneof("type") == "file_uploader")
        state = WidgetState(id=element.file_uploader.id)
        for number, (name, data) in enumerate(files):
            file = state.file_uploader_state_value.uploaded_file_info.add()
            file.name, file.size, file.file_id = name, len(data), f"{self.session_id}-{time.monotonic_ns()}-{number}"
            path = f"/_stcore/upload_file/{self.session_id}/{file.file_id}"
            file.file_urls.file_id, file.file_urls.upload_url, file.file_urls.delete_url = file.file_id, path, path
            await asyncio.to_thread(_put, self.address, path, name, data)
        return await self.rerun(files=state)

    def widget(self, key: str) -> tuple[str, Element]:
        """Fragment and element of a widget, by its key."""
        for fragment, element in self._elements.values():
            widget = getattr(element, element.WhichOneof("type"))
            if getattr(widget, "id", "").endswith(f"-{key}"):
                return fragment, element
        raise LookupError(f"expected a widget {key!r} on the page, found none: {sorted(self.identities())}")

    def identities(self) -> Iterator[str]:
        """Of the widgets on the page, with what Streamlit puts before each."""
        for _, element in self._elements.values():
            if identity := getattr(getattr(element, element.WhichOneof("type")), "id", ""):
                yield identity

    def texts(self) -> Iterator[str]:
        """What stands on progress bars, in notes and in Markdown."""
        for _, element in self._elements.values():
            kind = element.WhichOneof("type")
            if kind == "progress":
                yield element.progress.text
            elif kind in ("markdown", "alert"):
                yield getattr(element, kind).body
            elif kind == "heading":
                yield element.heading.body

    async def _read(self) -> None:
        async for data in self._socket:
            self.bytes_received += len(data)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "ref_hash":
                kept = ForwardMsg()
                kept.CopyFrom(self._kept[message.ref_hash])
                kept.metadata.CopyFrom(message.metadata)
                message = kept
            elif message.metadata.cacheable:
                self._kept[message.hash] = message
            await self._take(message)

    async def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
            self._page = self._page or message.new_session.page_script_hash
            self._drawn = set()
            if not message.metadata.run.fragment_ids:
                self._stop(list(self._timers))
        elif kind == "navigation":
            # The session's own hash is that of app.py, which chooses the page.
            self._page = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            path = tuple(message.metadata.delta_path)
            self._drawn.add(path)
            self._elements[path] = message.delta.fragment_id, message.delta.new_element
            for image in message.delta.new_element.imgs.imgs:
                if self.watching and image.url.startswith("/media") and image.url not in self.pictures:
                    self.pictures.add(image.url)
                    self._to_fetch.put_nowait(image.url)
        elif kind == "auto_rerun" and self.watching:
            asked = message.auto_rerun
            if self._timers.get(asked.fragment_id, (None,))[0] != asked.interval:
                self._stop([asked.fragment_id])
                timer = asyncio.create_task(self._tick(asked.fragment_id, asked.interval))
                self._timers[asked.fragment_id] = asked.interval, timer
        elif kind == "stop_auto_rerun":
            self._stop(message.stop_auto_rerun.fragment_ids)
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._elements = {path: self._elements[path] for path in self._drawn}
            async with self._change:
                self._finished += 1
                self._change.notify_all()

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if fragment in self._timers:
                self._timers.pop(fragment)[1].cancel()

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            # Without waiting for the answer, as in a browser; it is counted when it comes.
            self._start(self._quietly(fragment))

    async def _quietly(self, fragment: str) -> None:
        with contextlib.suppress(TimeoutError):
            await self.rerun(fragment, auto=True, limit_s=60)

    async def _fetch(self) -> None:
        host, port = self.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            while True:
                url = await self._to_fetch.get()
                sent = "".join(f"{name}: {value}\r\n" for name, value in {"Host": self.address, **self.headers}.items())
                request = f"GET {self.base}{url} HTTP/1.1\r\n{sent}\r\n".encode()
                try:
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                except (OSError, asyncio.IncompleteReadError):  # the server closes what is idle
                    writer.close()
                    reader, writer = await asyncio.open_connection(host, int(port))
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.decode().lower().split("content-length:")[1].split()[0])
                self.bytes_received += len(await reader.readexactly(length))
        finally:
            writer.close()


def _put(address: str, path: str, name: str, data: bytes) -> None:
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    cookies = dict(c.split(";")[0].split("=", 1) for c in answer.headers.get_all("Set-Cookie", []))
    token = urllib.parse.unquote(cookies[XSRF]).strip('"')
    head = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "X-Xsrftoken": token,
        "Cookie": f"{XSRF}={cookies[XSRF]}",
    }
    connection.request("PUT", path, head.encode() + data + b"\r\n--x--\r\n", headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 204:
        raise OSError(f"expected the upload of {name} to be taken, received {answer.status} {answer.reason}")
    connection.close()
