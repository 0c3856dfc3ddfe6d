"""get_file against a server that cuts, lies, redirects and sends other bytes."""

import base64
import hashlib
import io
import tarfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from corne.errors import ArgumentError, FileFormatError
from corne_data import download, transfer
from corne_data.download import get_file
from corne_data.errors import DownloadError, HashError

DATA = bytes(range(256)) * 4000  # about a megabyte
SHA256, MD5 = hashlib.sha256(DATA).hexdigest(), hashlib.md5(DATA).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves ``data``; each item of ``script`` says what goes wrong with one request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.tag, self.script, self.requests, self.headers = DATA, '"one"', [], [], {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/folder/data.bin"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append(dict(self.headers))
        act = server.script.pop(0) if server.script else "good"
        data, start = server.data, 0
        wanted = self.headers.get("Range")
        if act == "busy":
            return self.send_error(503)
        if act == "missing":
            return self.send_error(404)
        if act == "redirect":
            self.send_response(302)
            self.send_header("Location", server.url)
            return self.end_headers()
        if wanted and act != "no ranges" and self.headers.get("If-Range") in (None, server.tag):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        body = data[start:]
        self.send_header("ETag", server.tag)
        if act != "no length":
            self.send_header("Content-Length", len(body) + (7 if act == "too long" else 0))
        for name, value in server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if act == "slow":
            time.sleep(0.3)
        self.wfile.write(body[: len(body) // 2] if act == "cut" else body)
        if act == "cut":
            self.wfile.flush()
            self.connection.close()
        return None


@pytest.fixture
def server():
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(transfer.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(transfer, "_TIMEOUT", 2.0)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.mark.parametrize("digest", [SHA256, MD5, SHA256.upper(), None])
def test_a_file_is_fetched_once(server, tmp_path, digest):
    for _ in range(2):
        path = get_file(origin=server.url, file_hash=digest, cache_dir=tmp_path, cache_subdir="models")
    assert path == str(tmp_path / "models" / "data.bin")
    assert (tmp_path / "models" / "data.bin").read_bytes() == DATA
    assert len(server.requests) == 1
    assert names(tmp_path / "models") == (["data.bin", "data.bin.sha256"] if digest is None else ["data.bin"])
    get_file(
        origin=server.url, file_hash=digest, cache_dir=tmp_path, cache_subdir="models", force_download=True
    )
    assert len(server.requests) == 2


def test_corne_home_is_the_default(server, tmp_path, monkeypatch):
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    import corne

    assert corne.utils.get_file("other.bin", server.url, md5_hash=MD5) == str(
        tmp_path / "datasets" / "other.bin"
    )


@pytest.mark.parametrize(
    "script",
    [["cut"], ["cut", "cut", "cut"], ["busy", "cut", "busy"], ["too long"], ["redirect"], ["slow"], ["no length"],
     ["cut", "no ranges"]],
    ids=" ".join,
)  # fmt: skip
def test_what_goes_wrong_on_the_way_is_mended(server, tmp_path, script):
    server.script = list(script)
    path = get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    with open(path, "rb") as file:
        assert file.read() == DATA
    assert names(tmp_path / "datasets") == ["data.bin"]


def test_a_cut_file_is_resumed_where_it_was_cut(server, tmp_path):
    server.script = ["cut"]
    get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert server.requests[1]["Range"] == f"bytes={len(DATA) // 2}-"
    assert server.requests[1]["If-Range"] == '"one"'


def test_a_later_process_resumes(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "_ATTEMPTS", 1)
    server.script = ["busy"]
    with pytest.raises(DownloadError):
        get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    folder = tmp_path / "datasets"
    (folder / "data.bin.part").write_bytes(DATA[:1000])
    (folder / "data.bin.part.json").write_text(f'{{"origin": "{server.url}", "tag": "\\"one\\""}}')
    get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert server.requests[-1]["Range"] == "bytes=1000-"


def test_a_file_that_changed_in_between_is_fetched_from_its_beginning(server, tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    (folder / "data.bin.part").write_bytes(b"older" * 100)
    (folder / "data.bin.part.json").write_text(f'{{"origin": "{server.url}", "tag": "\\"zero\\""}}')
    get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert (folder / "data.bin").read_bytes() == DATA


def test_other_bytes_are_refused_and_not_kept(server, tmp_path):
    server.data = DATA[:-1] + b"x"
    with pytest.raises(HashError) as caught:
        get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert SHA256 in caught.value.expected
    assert caught.value.given == hashlib.sha256(server.data).hexdigest()
    assert names(tmp_path / "datasets") == []


def test_a_bad_file_on_disk_is_fetched_again_and_survives_a_failure(server, tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    (folder / "data.bin").write_bytes(b"damaged")
    server.script = ["missing"]
    with pytest.raises(DownloadError):
        get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert (folder / "data.bin").read_bytes() == b"damaged"
    get_file(origin=server.url, file_hash=SHA256, cache_dir=tmp_path)
    assert (folder / "data.bin").read_bytes() == DATA


def test_without_a_published_hash_the_servers_is_checked(server, tmp_path):
    server.headers = {"x-goog-hash": "crc32c=AAAAAA==,md5=" + base64.b64encode(bytes.fromhex(MD5)).decode()}
    get_file(origin=server.url, cache_dir=tmp_path)
    server.data = DATA[:-1] + b"x"
    with pytest.raises(HashError):
        get_file("other.bin", server.url, cache_dir=tmp_path)


def test_without_a_published_hash_the_first_fetch_is_remembered(server, tmp_path):
    path = get_file(origin=server.url, cache_dir=tmp_path)
    with open(path, "ab") as file:
        file.write(b"x")
    with pytest.raises(HashError) as caught:
        get_file(origin=server.url, cache_dir=tmp_path)
    assert SHA256 in caught.value.expected


def test_the_error_without_a_network_says_what_to_put_where(tmp_path):
    with pytest.raises(DownloadError) as caught:
        get_file("w.h5", "http://127.0.0.1:9/w.h5", file_hash=MD5, cache_dir=tmp_path, cache_subdir="models")
    error = caught.value
    assert error.where == "fetch w.h5 from http://127.0.0.1:9/w.h5"
    assert "w.h5" in error.fix
    assert MD5 in error.fix
    assert str(tmp_path / "models") in error.fix
    assert isinstance(error, OSError)


def test_a_file_put_there_by_hand_is_used(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "w.h5").write_bytes(DATA)
    get_file("w.h5", "http://127.0.0.1:9/w.h5", file_hash=SHA256, cache_dir=tmp_path, cache_subdir="models")


def test_many_at_once_fetch_it_once(server, tmp_path):
    server.script = ["slow"]
    results = []
    threads = [
        threading.Thread(
            target=lambda: results.append(get_file(origin=server.url, file_hash=MD5, cache_dir=tmp_path))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(server.requests) == 1


def test_a_local_address(tmp_path):
    source = tmp_path / "source.bin"
    source.write_bytes(DATA)
    path = get_file(origin=source.as_uri(), file_hash=SHA256, cache_dir=tmp_path / "cache")
    assert download.file_digest(tmp_path / "cache" / "datasets" / "source.bin", "md5") == MD5
    assert path.endswith("source.bin")


@pytest.mark.parametrize(
    "arguments",
    [
        {"origin": None},
        {"fname": "../up.bin"},
        {"fname": "/etc/passwd"},
        {"file_hash": "abc"},
        {"file_hash": MD5, "hash_algorithm": "sha256"},
        {"hash_algorithm": "crc"},
        {"extract": True, "archive_format": "rar"},
    ],
)
def test_wrong_arguments(tmp_path, arguments):
    with pytest.raises(ArgumentError):
        get_file(**{"origin": "http://127.0.0.1:9/x.bin", "cache_dir": tmp_path, **arguments})


def test_other_schemes_are_refused(tmp_path):
    with pytest.raises(DownloadError):
        get_file(origin="ftp://127.0.0.1/x.bin", cache_dir=tmp_path)


def archive(kind, members):
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as file:
            for name, data in members.items():
                file.writestr(name, data)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz") as file:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_archives_are_unpacked_beside_themselves(tmp_path, kind):
    source = tmp_path / f"pictures.{kind}"
    source.write_bytes(archive(kind, {"a/b.txt": b"hello"}))
    folder = get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path / "cache")
    assert folder.endswith(f"pictures.{kind}_extracted")
    with open(f"{folder}/a/b.txt", "rb") as file:
        assert file.read() == b"hello"
    assert get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path / "cache") == folder


def test_untar(tmp_path):
    source = tmp_path / "pictures.tar.gz"
    source.write_bytes(archive("tar", {"a.txt": b"hello"}))
    assert get_file(origin=source.as_uri(), untar=True, cache_dir=tmp_path / "cache").endswith("/pictures")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_archives_that_lead_out_are_refused(tmp_path, kind):
    source = tmp_path / f"bad.{kind}"
    source.write_bytes(archive(kind, {"good.txt": b"1", "../../evil.txt": b"hello"}))
    with pytest.raises(FileFormatError):
        get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path / "cache")
    assert not list(tmp_path.rglob("evil.txt"))
    assert not list(tmp_path.rglob("good.txt"))


def test_archives_made_to_fill_the_disk_are_refused(tmp_path):
    source = tmp_path / "bomb.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\0" * (70 * 2**20))
    with pytest.raises(FileFormatError, match="fill the disk"):
        get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path / "cache")


def test_what_is_no_archive_is_refused(tmp_path):
    source = tmp_path / "text.zip"
    source.write_bytes(b"no archive")
    with pytest.raises(FileFormatError):
        get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path / "cache")
