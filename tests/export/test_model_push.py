"""`model push` against a local server with the endpoints of the Hugging Face Hub, through the real huggingface_hub."""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import sys
import threading
import time

import peft
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import program  # noqa: E402
import tiny as tiny_models  # noqa: E402

TOKEN = "hf_" + "x" * 34


class Hub(http.server.ThreadingHTTPServer):
    """Creation of a repository and a branch, the check of a card, uploads (small ones in the commit, others by LFS), commits."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories, self.objects, self.commits, self.requests = {}, {}, [], []
        self.status, self.seconds_per_upload = 200, 0
        self.waits_at, self.is_waiting, self.goes_on = None, threading.Event(), threading.Event()  # before the answer to this path
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def environment(self):
        return {"HF_ENDPOINT": self.url, "HF_HUB_DISABLE_XET": "1", "INTELIA_PYTHON": sys.executable, "HF_HUB_DISABLE_TELEMETRY": "1",
                "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "0"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=None, headers=()):
        data = json.dumps(body if body is not None else {}).encode()
        self.send_response(status)
        for name, value in [("Content-Type", "application/json"), *headers]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_request(self):
        hub, path, body = self.server, self.path.split("?")[0], self.body()
        hub.requests.append((self.command, path))
        if hub.waits_at and hub.waits_at in path:
            hub.is_waiting.set()
            hub.goes_on.wait(60)
        if path.startswith("/upload/"):
            time.sleep(hub.seconds_per_upload)
            hub.objects[path.removeprefix("/upload/")] = body
            return self.answer(200)
        if hub.status != 200:
            return self.answer(hub.status, {"error": "no"})
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.answer(401, {"error": "Invalid username or password."})
        if path == "/api/repos/create":
            request = json.loads(body)
            name = f"{request['organization']}/{request['name']}"
            if name in hub.repositories:
                return self.answer(409, {"url": f"{hub.url}/{name}"})
            hub.repositories[name] = request.get("private", False) or request.get("visibility") == "private"
            return self.answer(200, {"url": f"{hub.url}/{name}"})
        if path == "/api/validate-yaml":
            return self.answer(200, {"warnings": [], "errors": []})
        if "/branch/" in path:
            return self.answer(200)
        if "/preupload/" in path:
            files = [{"path": file["path"], "uploadMode": "lfs" if file["path"].endswith((".safetensors", ".gguf")) else "regular",
                      "shouldIgnore": False, "oid": None} for file in json.loads(body)["files"]]
            return self.answer(200, {"files": files, "commitOid": "0" * 40})
        if path.endswith("/info/lfs/objects/batch"):
            objects = [{"oid": entry["oid"], "size": entry["size"], "actions": {"upload": {"href": f"{hub.url}/upload/{entry['oid']}"}}}
                       for entry in json.loads(body)["objects"]]
            return self.answer(200, {"transfer": "basic", "objects": objects})
        if "/commit/" in path:
            lines = [json.loads(line) for line in body.splitlines() if line]
            hub.commits.append((path.split("/commit/")[1], lines))
            return self.answer(200, {"commitUrl": f"{hub.url}/farm/chat/commit/{'b' * 40}", "commitOid": "b" * 40, "success": True})
        return self.answer(404, {"error": "not found"}, [("X-Error-Code", "RepoNotFound")])

    do_GET = do_POST = do_PUT = handle_request


@pytest.fixture()
def hub():
    server = Hub()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A model and an adapter that was trained on it."""
    folder = tmp_path_factory.mktemp("models")
    tiny = tiny_models.Tiny(folder)
    done = program.run("train", "sft", "--model", tiny.model, "--train", tiny.train, "--output", folder / "adapter", "--max-steps", "2",
                       "--learning-rate", "0.001", "--method", "lora", *tiny_models.ON_CPU, timeout_seconds=300)
    assert done.status == 0, done.stderr
    return tiny.model, folder / "adapter", tiny.train


def push(hub, folder, *more, environment=None):
    return program.run("model", "push", "farm/chat", "--model", folder, *more, environment={**hub.environment, **(environment or {})})


def content_of(hub, commit):
    """Name → bytes of the files of a commit."""
    files = {}
    for line in commit[1]:
        if line["key"] == "file":
            files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        if line["key"] == "lfsFile":
            files[line["value"]["path"]] = hub.objects[line["value"]["oid"]]
    return files


def test_an_adapter_arrives_with_a_card(hub, folders, tmp_path):
    model, adapter, train = folders
    done = push(hub, adapter, "--license", "apache-2.0", "--base", "farm/base", "--json")
    assert done.status == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["commit"] == "b" * 40 and hub.repositories == {"farm/chat": True}  # private unless told otherwise
    assert len(hub.commits) == 1 and hub.commits[0][0] == "main"
    files = content_of(hub, hub.commits[0])
    assert {"adapter_config.json", "adapter_model.safetensors", "README.md", "tokenizer.json"} <= set(files)
    for name in set(files) - {"README.md", "adapter_config.json"}:
        assert files[name] == (adapter / name).read_bytes(), name
    # The adapter names its base on the hub, not the folder of this machine; PEFT loads the rest as it was.
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    there, here = (peft.PeftConfig.from_pretrained(folder).to_dict() for folder in (tmp_path, adapter))
    assert there.pop("base_model_name_or_path") == "farm/base" and here.pop("base_model_name_or_path") == str(model)
    assert there == here
    assert {file["path"]: file["bytes"] for file in summary["files"]} == {name: len(data) for name, data in files.items()}
    # What could identify records or this machine stays here.
    assert not {"manifest.json", "trained_records.index", "metrics.jsonl"} & set(files)
    assert {"manifest.json", "trained_records.index"} <= set(summary["left_out"])
    card = files["README.md"].decode()
    head = card.split("---\n")[1]
    assert 'license: "apache-2.0"\n' in head and 'base_model: "farm/base"\n' in head and "library_name: peft\n" in head
    assert f"| train.jsonl | 24 | `{hashlib.sha256(train.read_bytes()).hexdigest()}` |" in card
    assert "| learning-rate | 0.001 |" in card and "| final loss |" in card
    assert str(train.parent) not in card and str(model) not in card


def test_a_gguf_file_of_a_merged_model(hub, folders, tmp_path):
    model, adapter, _ = folders
    for command in (["merge", "--output", tmp_path / "merged", "--device", "cpu", "--adapter", adapter, "--model", model],
                    ["export", "--output", tmp_path / "gguf", "--type", "f16", "--model", tmp_path / "merged"]):
        done = program.run("model", *command)
        assert done.status == 0, done.stderr
    done = push(hub, tmp_path / "gguf", "--no-private", "--revision", "v1", "--message", "first")
    assert done.status == 0, done.stderr
    assert hub.repositories == {"farm/chat": False} and hub.commits[0][0] == "v1"
    assert hub.commits[0][1][0]["value"]["summary"] == "first"
    assert "the model card states no license" in done.stderr
    files = content_of(hub, hub.commits[0])
    assert set(files) == {"README.md", "Modelfile", "model-f16.gguf"}
    card = files["README.md"].decode()
    assert "library_name: gguf" in card and "nats per token" in card and "| train.jsonl | 24 |" in card


def as_pulled(model, folder):
    """A copy of `model` with the manifest of a download."""
    shutil.copytree(model, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest.update(command="model pull", source={"model": "farm/base", "commit": "c" * 40}, inputs=[], origins=[])
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize("is_quantized", [False, True])
def test_the_base_of_an_adapter_is_the_model_that_was_pulled(hub, folders, tmp_path, is_quantized):
    model = as_pulled(folders[0], tmp_path / "base")
    if is_quantized:
        assert program.run("model", "quantize", "--model", model, "--output", tmp_path / "nf4").status == 0
        model = tmp_path / "nf4"
    done = program.run("train", "sft", "--model", model, "--train", folders[2], "--output", tmp_path / "adapter", "--max-steps", "1",
                       *tiny_models.ON_CPU, timeout_seconds=300)
    assert done.status == 0, done.stderr
    done = push(hub, tmp_path / "adapter")
    assert done.status == 0, done.stderr
    files = content_of(hub, hub.commits[0])
    assert json.loads(files["adapter_config.json"])["base_model_name_or_path"] == "farm/base"
    assert 'base_model: "farm/base"\n' in files["README.md"].decode()


@pytest.mark.parametrize("method", ["lora", "full"])
def test_an_adapter_of_an_unpublished_base_is_refused(hub, folders, tmp_path, method):
    """Its own folder, or one that was made from a published model, which is not that model any more."""
    model = folders[0]
    if method == "full":
        done = program.run("train", "sft", "--model", as_pulled(model, tmp_path / "base"), "--train", folders[2], "--output", tmp_path / "full",
                           "--max-steps", "1", "--method", "full", *tiny_models.ON_CPU, timeout_seconds=300)
        assert done.status == 0, done.stderr
        model = tmp_path / "full"
    done = program.run("train", "sft", "--model", model, "--train", folders[2], "--output", tmp_path / "adapter", "--max-steps", "1",
                       *tiny_models.ON_CPU, timeout_seconds=300)
    assert done.status == 0, done.stderr
    for more in ([], ["--dry-run"]):
        refused = push(hub, tmp_path / "adapter", *more)
        assert refused.status == 2 and f"names '{model}' as its base" in refused.stderr and "(--base)" in refused.stderr, refused.stderr
    wrong = push(hub, tmp_path / "adapter", "--base", model)
    assert wrong.status == 2 and "--base: expected a name on the hub" in wrong.stderr and hub.requests == [], wrong.stderr


def test_paths_in_configuration_stay_here(hub, folders, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(folders[0], model)
    (model / "LICENSE").write_text("a license")
    for name, key in (("config.json", "_name_or_path"), ("tokenizer_config.json", "name_or_path")):
        config = json.loads((model / name).read_text())
        (model / name).write_text(json.dumps(config | {key: "/home/someone/models/secret"}))
    done = push(hub, model)
    assert done.status == 0, done.stderr
    assert content_of(hub, hub.commits[0])["LICENSE"] == b"a license"
    for name, data in content_of(hub, hub.commits[0]).items():
        assert b"/home/someone" not in data, name
        if name.endswith("config.json"):
            assert json.loads(data) == json.loads((folders[0] / name).read_bytes()), name


def test_the_card_has_the_runs_in_their_order_without_what_is_off(hub, folders, tmp_path):
    model, adapter, train = folders
    pairs = tiny_models.write_lines(tmp_path / "pairs.jsonl", [tiny_models.preference(n) for n in range(8)])
    for command in (["dpo", "--adapter", adapter, "--train", pairs, "--method", "lora", "--output", tmp_path / "dpo"],
                    ["sft", "--train", train, "--method", "full", "--output", tmp_path / "full"]):
        done = program.run("train", *command, "--model", model, "--max-steps", "1", *tiny_models.ON_CPU, timeout_seconds=300)
        assert done.status == 0, done.stderr
    card = json.loads(push(hub, tmp_path / "dpo", "--base", "farm/base", "--dry-run", "--json").stdout)["card"]
    assert card.index("## Training: sft") < card.index("| train.jsonl | 24 |") < card.index("## Training: dpo") < card.index("| pairs.jsonl | 8 |")
    assert "| loss | sigmoid |" in card and "| lora-r | 16 |" in card and "| seed | 42 |" in card
    for absent in ("check", "plan", "best step", "stopped early", "epochs", "decay", "packing", "simpo-gamma", "alpha-divergence", "eval-every"):
        assert f"| {absent} |" not in card, absent
    assert ".svg" not in card and card.count(".json") == card.count(".jsonl") == 2, card  # of the inputs, the data alone
    full = json.loads(push(hub, tmp_path / "full", "--dry-run", "--json").stdout)["card"]
    assert "lora" not in full and "adapter-dtype" not in full and "| method | full |" in full


def test_a_dry_run_lists_and_sends_nothing(hub, folders):
    done = push(hub, folders[1], "--base", "farm/base", "--dry-run")
    assert done.status == 0 and hub.requests == [], done.stderr
    lines = [line.split(maxsplit=2) for line in done.stderr.splitlines()]  # one file each
    sizes = {name: size for _, size, name in lines}
    assert sizes["adapter_model.safetensors"] == str((folders[1] / "adapter_model.safetensors").stat().st_size)
    assert sizes["README.md (model card)"].isdigit() and sizes["sent  manifest.json"] == "not", done.stderr
    assert "\\u{a}" not in done.stderr
    listed = json.loads(push(hub, folders[1], "--base", "farm/base", "--dry-run", "--json").stdout)
    assert listed["card"].startswith("---\n") and listed["dry_run"] is True


def test_pushing_again_makes_another_commit(hub, folders):
    for _ in range(2):
        done = push(hub, folders[1], "--license", "mit", "--base", "a/b")
        assert done.status == 0, done.stderr
    assert len(hub.commits) == 2


@pytest.mark.parametrize("arguments, status, words", [(["chat"], 2, "ORGANIZATION/NAME"), (["farm/chat", "--model", "none"], 2, "does not exist")])
def test_wrong_usage(hub, folders, arguments, status, words):
    more = [] if "--model" in arguments else ["--model", folders[0]]
    done = program.run("model", "push", *arguments, *more, environment=hub.environment)
    assert done.status == status and words in done.stderr and hub.requests == [], done.stderr


def test_a_folder_without_weights(hub, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    done = push(hub, tmp_path)
    assert done.status == 1 and "neither safetensors weights nor a GGUF file" in done.stderr and hub.requests == [], done.stderr


@pytest.mark.parametrize("token, words", [("hf_" + "y" * 34, "HF_TOKEN"), ("", "HF_TOKEN")])
def test_a_token_that_may_not_write(hub, folders, tmp_path, token, words):
    done = push(hub, folders[1], "--base", "farm/base", environment={"HF_TOKEN": token, "HF_HOME": tmp_path})
    assert done.status == 2 and words in done.stderr and TOKEN not in done.stderr, done.stderr
    assert hub.commits == []


def test_a_hub_that_fails_is_a_temporary_failure(hub, folders):
    hub.status = 503
    assert push(hub, folders[0]).status == 75
    assert push(hub, folders[0], environment={"HF_ENDPOINT": "http://127.0.0.1:9"}).status == 75


@pytest.mark.parametrize("moment", ["/api/repos/create", "/preupload/", "/info/lfs/objects/batch"])
def test_fault_29_model_push_folder_swapped(hub, folders, tmp_path, moment):
    """Renamed and replaced by a link to another folder: what was planned is sent, and nothing else."""
    folder, other = tmp_path / "model", tmp_path / "other"
    for copy in (folder, other):
        shutil.copytree(folders[1], copy)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (other / name).write_bytes(b"private" * 100)
    hub.waits_at = moment
    process = program.start("model", "push", "farm/chat", "--model", folder, "--base", "farm/base", environment=hub.environment)
    assert hub.is_waiting.wait(60)
    program.swap_folder(folder, other)
    hub.goes_on.set()
    run = program.finish(process)
    assert run.status == 0, run.stderr
    files = content_of(hub, hub.commits[0])
    assert all(files[name] == (folders[1] / name).read_bytes() for name in set(files) - {"README.md", "adapter_config.json"})
    assert json.loads(files["adapter_config.json"]) == json.loads((folders[1] / "adapter_config.json").read_text()) | {
        "base_model_name_or_path": "farm/base"}


def test_an_interrupted_upload_commits_nothing(hub, folders):
    hub.seconds_per_upload = 30
    process = program.start("model", "push", "farm/chat", "--model", folders[0], environment=hub.environment)
    program.wait_for(lambda: any(path.startswith("/upload/") for _, path in hub.requests))
    process.terminate()
    stopped = program.finish(process)
    assert stopped.status == 143 and hub.commits == [], stopped.stderr


def test_a_python_without_the_client(hub, folders, tmp_path):
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    os.chmod(tmp_path / "python", 0o755)
    done = push(hub, folders[0], environment={"INTELIA_PYTHON": tmp_path / "python", "PYTHONPATH": ""})
    assert done.status == 2 and "pip install huggingface_hub" in done.stderr, done.stderr
