"""RemoteMonitor: the logs of each epoch sent to a server."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from corne.callbacks import Callback
from corne.errors import ArgumentError

_TIMEOUT = 10.0  # seconds


class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server, by HTTP POST.

    A server that can't be reached, or refuses, costs a warning; training continues. One that doesn't answer holds
    training up for ten seconds at most.

    Args:
        root: The server's address, http or https. Default "http://localhost:9000".
        path: Where on the server. Default "/publish/epoch/end/".
        field: Name of the form's field that holds the JSON. Default "data".
        headers: Further HTTP headers. Default None.
        send_as_json: Whether the body is JSON rather than a form. Default False.

    Raises:
        ArgumentError: An address that isn't http or https.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if urllib.parse.urlsplit(root).scheme not in ("http", "https"):
            raise ArgumentError("RemoteMonitor(root=…)", "an address of http or https", repr(root), "")
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        sent = json.dumps({"epoch": epoch, **{key: _plain(value) for key, value in (logs or {}).items()}})
        if self.send_as_json:
            kind, body = "application/json", sent
        else:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode({self.field: sent})
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(self.root + self.path, body.encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT):
                pass
        except (urllib.error.URLError, OSError) as error:
            warnings.warn(f"RemoteMonitor could not reach {self.root}: {error}", stacklevel=2)


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()
