"""RemoteMonitor: what a server on this machine gets, and servers that can't be reached."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from corne import callbacks
from corne.errors import ArgumentError


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.got.append((self.path, self.headers["Content-Type"], self.headers["X-Run"], body))
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    made.got = []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_logs_are_sent_as_a_form_or_as_json(server):
    root = f"http://127.0.0.1:{server.server_port}"
    logs = {"loss": 0.5, "per_class": np.array([1.0, 2.0]), "auc": np.float32(0.25)}
    callbacks.RemoteMonitor(root, headers={"X-Run": "3"}).on_epoch_end(2, logs)
    callbacks.RemoteMonitor(root, path="/here", send_as_json=True).on_epoch_end(0, {})
    (path, kind, run, body), (path2, kind2, run2, body2) = server.got
    sent = {"epoch": 2, "loss": 0.5, "per_class": [1.0, 2.0], "auc": 0.25}
    assert json.loads(urllib.parse.parse_qs(body)["data"][0]) == sent
    assert (path, kind, run) == ("/publish/epoch/end/", "application/x-www-form-urlencoded", "3")
    assert (path2, kind2, run2, json.loads(body2)) == ("/here", "application/json", None, {"epoch": 0})


def test_a_server_that_refuses_or_is_not_there_costs_a_warning(server):
    port = server.server_port
    with pytest.warns(UserWarning, match="404"):
        callbacks.RemoteMonitor(f"http://127.0.0.1:{port}", path="/missing").on_epoch_end(0, {})
    with pytest.warns(UserWarning, match="could not reach"):
        callbacks.RemoteMonitor("http://127.0.0.1:1").on_epoch_end(0, {})
    with pytest.raises(ArgumentError):
        callbacks.RemoteMonitor("file:///etc")
