"""`model pull` against a local server with the endpoints of the Hugging Face Hub, through the real huggingface_hub."""
import hashlib
import http.server
import json
import os
import pathlib
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import fault_points  # noqa: E402
import program  # noqa: E402

COMMIT = "a" * 40


class Hub(http.server.ThreadingHTTPServer):
    """One repository, farm/chat: GET /api/models/… (information and tree), HEAD and GET /…/resolve/COMMIT/FILE."""
    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.requests, self.bytes_per_second, self.status = [], 0, 200
        self.waits_at, self.is_waiting, self.goes_on = None, threading.Event(), threading.Event()  # before the answer to this path
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def environment(self):
        return {"HF_ENDPOINT": f"http://127.0.0.1:{self.server_port}", "HF_HUB_DISABLE_XET": "1",
                "INTELIA_PYTHON": sys.executable, "HF_HUB_DISABLE_TELEMETRY": "1"}

    def downloads(self):
        return [path.split(f"/resolve/{COMMIT}/")[1] for method, path in self.requests if method == "GET" and "/resolve/" in path]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        speed = self.server.bytes_per_second
        for begin in range(0, len(body), 4096):
            self.wfile.write(body[begin:begin + 4096])
            if speed:
                time.sleep(4096 / speed)

    def do_GET(self):
        path = self.path.split("?")[0]
        self.server.requests.append((self.command, path))
        if self.server.waits_at and path.endswith(self.server.waits_at):
            self.server.is_waiting.set()
            self.server.goes_on.wait(60)
        if self.server.status != 200:
            return self.answer(self.server.status)
        if path == f"/api/models/farm/chat/tree/{COMMIT}":
            entries = [{"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                       for name, data in self.server.files.items()]
            return self.answer(200, json.dumps(entries).encode(), [("Content-Type", "application/json")])
        if path.startswith("/api/models/farm/chat"):
            revision = path.split("/revision/")[1] if "/revision/" in path else "main"
            if revision not in ("main", COMMIT):
                return self.answer(404, b"{}", [("X-Error-Code", "RevisionNotFound")])
            siblings = [{"rfilename": name, "size": len(data), "blobId": hashlib.sha1(data).hexdigest()}
                        for name, data in self.server.files.items()]
            body = json.dumps({"id": "farm/chat", "modelId": "farm/chat", "sha": COMMIT, "siblings": siblings, "private": False,
                               "tags": [], "downloads": 0, "likes": 0}).encode()
            return self.answer(200, body, [("Content-Type", "application/json")])
        if path.startswith(f"/farm/chat/resolve/{COMMIT}/"):
            data = self.server.files.get(path.split(f"/resolve/{COMMIT}/")[1])
            if data is None:
                return self.answer(404, b"", [("X-Error-Code", "EntryNotFound")])
            headers = [("ETag", f'"{hashlib.sha1(data).hexdigest()}"'), ("X-Repo-Commit", COMMIT), ("Accept-Ranges", "bytes")]
            requested = self.headers.get("Range", "")
            if requested.startswith("bytes=") and self.command == "GET":
                begin = int(requested[6:].split("-")[0])
                headers.append(("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}"))
                return self.answer(206, data[begin:], headers)
            return self.answer(200, data, headers)
        return self.answer(404, b"{}", [("X-Error-Code", "RepoNotFound")])

    do_HEAD = do_GET


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    text = folder / "text.txt"
    text.write_text("Les poules pondent moins quand il fait chaud. Hens drink more in the heat.\n" * 50, encoding="utf-8")
    done = program.run("model", "init", "--hidden-size", 64, "--intermediate-size", 96, "--layers", 2, "--heads", 2, "--vocab-size",
                       300, "--train-tokenizer", text, "--output", folder / "model")
    assert done.status == 0, done.stderr
    wanted = {path.name: path.read_bytes() for path in (folder / "model").iterdir()
              if path.name not in ("manifest.json", ".intelia.lock")}
    return wanted | {"LICENSE.txt": b"a license", "additional_chat_templates/tool_use.jinja": b"{{ tools }}"}


@pytest.fixture()
def hub(files):
    more = {"README.md": b"# chat", "pytorch_model.bin": b"pickle", "consolidated.safetensors": b"twice", "notes.txt": b"x",
            "additional_chat_templates/notes.txt": b"x", "onnx/model.safetensors": b"of another format"}
    server = Hub({**files, **more})
    yield server
    server.shutdown()


def pull(hub, folder, *more):
    return program.run("model", "pull", "farm/chat", "--output", folder, *more, environment=hub.environment)


def test_a_model_arrives_whole_and_only_once(hub, files, tmp_path):
    done = pull(hub, tmp_path / "model", "--json")
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["commit"] == COMMIT
    assert sorted(hub.downloads()) == sorted(files)
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["source"] == {"model": "farm/chat", "commit": COMMIT}
    assert {output["path"] for output in manifest["outputs"]} == set(files)
    for name, data in files.items():
        assert (tmp_path / "model" / name).read_bytes() == data
    info = program.run("model", "info", "--model", tmp_path / "model")
    assert info.status == 0, info.stderr
    hub.requests.clear()
    again = pull(hub, tmp_path / "model")
    assert again.status == 0 and hub.downloads() == [], again.stderr


def test_an_interrupted_download_is_resumed(hub, files, tmp_path):
    hub.bytes_per_second = 60_000
    process = program.start("model", "pull", "farm/chat", "--output", tmp_path / "model", environment=hub.environment)
    program.wait_for(lambda: "model.safetensors" in hub.downloads())
    process.terminate()
    stopped = program.finish(process)
    assert stopped.status == 143, stopped.stderr
    assert not (tmp_path / "model" / "manifest.json").exists()
    hub.bytes_per_second = 0
    done = pull(hub, tmp_path / "model")
    assert done.status == 0, done.stderr
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == files["model.safetensors"]


def test_what_a_revision_no_longer_has_is_removed(hub, tmp_path):
    hub.files["model-00001-of-00002.safetensors"] = hub.files["model.safetensors"]
    folder = tmp_path / "model"
    done = pull(hub, folder)
    assert done.status == 0, done.stderr
    (folder / "own.txt").write_text("of the user")
    removed = ["model-00001-of-00002.safetensors", "additional_chat_templates/tool_use.jinja"]
    assert all((folder / name).exists() for name in removed)
    for name in removed:
        del hub.files[name]
    done = pull(hub, folder)
    assert done.status == 0, done.stderr
    assert not any((folder / name).exists() for name in removed) and (folder / "own.txt").exists()


@pytest.mark.parametrize("moment", ["/api/models/farm/chat", "config.json", "model.safetensors"])
def test_fault_29_model_pull_folder_swapped(hub, files, tmp_path, moment):
    """Renamed and replaced by a link to another folder before or during the download: nothing is written there."""
    folder, other = tmp_path / "model", tmp_path / "other"
    assert pull(hub, other).status == 0
    (other / "config.json").write_text("of another model")
    for lock in other.glob(".cache/**/*.lock"):
        lock.unlink()
    before = fault_points.files_of(other)
    hub.waits_at = moment
    process = program.start("model", "pull", "farm/chat", "--output", folder, environment=hub.environment)
    assert hub.is_waiting.wait(60)
    program.swap_folder(folder, other)
    hub.goes_on.set()
    run = program.finish(process)
    assert fault_points.files_of(other) == before
    assert run.status == 1 and f"'{folder}' was moved or replaced during the run" in run.stderr, run.stderr
    assert all((tmp_path / "moved" / name).read_bytes() == data for name, data in files.items())
    assert "/proc/" not in run.stderr


@pytest.mark.parametrize("arguments, status, words", [
    (["farm/none"], 2, "no such model"),
    (["farm/chat", "--revision", "v9"], 2, "no revision 'v9'"),
    (["chat"], 2, "ORGANIZATION/NAME"),
    (["../chat"], 2, "ORGANIZATION/NAME"),
])
def test_what_does_not_exist(hub, tmp_path, arguments, status, words):
    done = program.run("model", "pull", *arguments, "--output", tmp_path / "model", environment=hub.environment)
    assert done.status == status and words in done.stderr, done.stderr


def test_weights_that_are_not_safetensors_are_refused(hub, tmp_path):
    del hub.files["model.safetensors"]
    done = pull(hub, tmp_path / "model")
    assert done.status == 1 and "no safetensors weights" in done.stderr, done.stderr
    assert hub.downloads() == []


def test_a_hub_that_fails_is_a_temporary_failure(hub, tmp_path):
    hub.status = 503
    done = pull(hub, tmp_path / "model")
    assert done.status == 75, done.stderr
    done = program.run("model", "pull", "farm/chat", "--output", tmp_path / "model",
                       environment={**hub.environment, "HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.status == 75, done.stderr


def test_a_python_without_the_client(hub, tmp_path):
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    os.chmod(tmp_path / "python", 0o755)
    done = program.run("model", "pull", "farm/chat", "--output", tmp_path / "model",
                       environment={**hub.environment, "INTELIA_PYTHON": tmp_path / "python", "PYTHONPATH": ""})
    assert done.status == 2 and "pip install huggingface_hub" in done.stderr, done.stderr
