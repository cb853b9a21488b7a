"""Runs on a real `mlflow server` over SQLite: available, unavailable, back, and crashing. Its content is read from its database.
Fails with batches of metrics and of parameters above the server's limits, with steps sent again after a resume, without
queries for the points and the run that the server has, with a sender that gives up when the server is unavailable, with another run's
journal continued, with redirects followed, certificates not verified, and the user left in the address."""
import base64
import contextlib
import http.server
import json
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

import program
from conftest import Probe, points_of


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """An MLflow server that can be started, killed and started again on the same port and database."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"MLFLOW_TRACKING_URI": self.url}
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db",
                   "--artifacts-destination", str(self.folder / "artifacts"), "--host", "127.0.0.1", "--port", str(self.port),
                   "--workers", "1"]
        self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=open(self.folder / "log", "ab"),
                                        stderr=subprocess.STDOUT, start_new_session=True,
                                        env={**program.clean_environment(), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"})
        program.wait_for(self.is_up, timeout_seconds=180)

    def is_up(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return urllib.request.urlopen(self.url + "/health", timeout=1).status == 200
        except OSError:
            return False

    def kill(self):
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def rows(self, query, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/mlflow.db?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def runs(self, experiment):
        """[(id, name, status, has an end)], oldest first."""
        return self.rows("SELECT run_uuid, r.name, status, end_time IS NOT NULL FROM runs r JOIN experiments e USING (experiment_id) "
                         "WHERE e.name = ? ORDER BY start_time", experiment)

    def points(self, run_id):
        """{(name, step): value}; a duplicate point is an error."""
        points = {}
        for name, step, value in self.rows("SELECT key, step, value FROM metrics WHERE run_uuid = ?", run_id):
            assert (name, step) not in points, (name, step)
            points[name, step] = value
        return points

    def run_of(self, experiment):
        (run,) = self.runs(experiment)
        return run

    def artifacts(self, run_id):
        """{path: bytes} that the server stores for the run."""
        (folder,) = self.folder.glob(f"artifacts/*/{run_id}/artifacts")
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("mlflow"))
    yield made
    made.kill()


@pytest.fixture
def running(server):
    if server.process is None:
        server.start()
    return server


def journal(folder):
    return folder / "mlflow/journal.jsonl"


def test_away_at_the_start_then_back(server, tmp_path):
    """One run ends while the server is unavailable, during another it comes back: both are complete at the end, without waiting."""
    assert server.process is None, "this test comes first"
    first, second = tmp_path / "first", tmp_path / "second"
    status, said = Probe(first, server.environment, mlflow="away").begin().lines(1, 20).end()
    assert status == 0 and said.count("warning: ") == 2 and "is unavailable" in said and "resume the run to send it" in said, said
    assert journal(first).stat().st_mode & 0o077 == 0
    probe = Probe(second, server.environment, mlflow="comes").begin().lines(1, 10)
    server.start()
    probe.lines(11, 12)
    program.wait_for(lambda: server.runs("comes") and len(server.points(server.run_of("comes")[0])) == 12 * 8 + 6, timeout_seconds=90)
    status, said = probe.lines(13, 14).end()
    assert status == 0 and said.count("warning: ") == 1 and "is available again" in said, said
    run_id, name, status, has_end = server.run_of("comes")
    assert (name, status, has_end) == ("probe", "FINISHED", 1) and server.points(run_id) == points_of(second)

    assert Probe(first, server.environment, mlflow="away", resumes=True).begin(20).end() == (0, "")
    run_id, _, status, _ = server.run_of("away")
    assert status == "FINISHED" and server.points(run_id) == points_of(first)


def test_params_tags_metrics_and_status(running, tmp_path):
    settings = {f"option-{number}": number for number in range(230)}  # more than one batch
    settings |= {"learning-rate": 1e-3, "lora-targets": ["q_proj"], "empty": "", "long": "é" * 5000, "line": "a\nb|c"}
    folder = tmp_path / "run"
    assert Probe(folder, running.environment, mlflow="grüße / 1", name="first", settings=settings).begin().lines(1, 400).end() == (0, "")
    run_id, name, status, has_end = running.run_of("grüße / 1")
    assert (name, status, has_end) == ("first", "FINISHED", 1)
    assert running.points(run_id) == points_of(folder) and len(points_of(folder)) > 3000
    params = dict(running.rows("SELECT key, value FROM params WHERE run_uuid = ?", run_id))
    expected = {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items() if value != ""}
    assert params == expected | {"long": "é" * 3000}
    tags = dict(running.rows("SELECT key, value FROM tags WHERE run_uuid = ?", run_id))
    assert tags["mlflow.source.name"] == "intelia train probe" and tags["intelia.version"] == "0.0.0"
    for outcome, exit_status, status in (("failed", 1, "FAILED"), ("killed", 143, "KILLED")):
        probe = Probe(tmp_path / outcome, running.environment, mlflow=outcome).begin().lines(1, 2)
        assert probe.end(outcome)[0] == exit_status
        assert running.run_of(outcome)[2:] == (status, 1)


def test_killed_and_resumed(running, tmp_path):
    """kill -9 after line 10, continued from line 6; once more after the last acknowledgements were lost, so that the server must
    be queried; and once more after the acknowledgement of creating the run was lost."""
    Probe(tmp_path, running.environment, mlflow="killed -9").begin().lines(1, 10).kill()
    assert Probe(tmp_path, running.environment, mlflow="killed -9", resumes=True).begin(6).lines(7, 14).end() == (0, "")
    run_id, _, status, _ = running.run_of("killed -9")
    assert status == "FINISHED" and running.points(run_id) == points_of(tmp_path)

    def without_acknowledgements(*names):
        lines = [json.loads(line) for line in journal(tmp_path).read_text().splitlines()]
        lines = [line for line in lines if not any(name in line for name in names)]
        for line in lines:  # SQLite would drop an identical second point
            if "step" in line:
                line["time"] += 1
        journal(tmp_path).write_text("".join(json.dumps(line) + "\n" for line in lines))

    for number, names in enumerate((["sent"], ["sent", "params_sent"], ["sent", "params_sent", "run_id"])):
        without_acknowledgements(*names)
        last = 15 + number
        assert Probe(tmp_path, running.environment, mlflow="killed -9", resumes=True).begin(last - 1).lines(last, last).end() == (0, "")
        assert running.run_of("killed -9")[0] == run_id
        assert running.points(run_id) == points_of(tmp_path), names


def test_killed_before_the_first_checkpoint(running, tmp_path):
    """The run starts over, and is the same run on the server."""
    Probe(tmp_path, running.environment, mlflow="early").begin().lines(1, 5).kill()
    assert Probe(tmp_path, running.environment, mlflow="early", resumes=True).begin(0).lines(1, 7).end() == (0, "")
    assert running.points(running.run_of("early")[0]) == points_of(tmp_path)


def test_gone_on_with_or_anew(running, tmp_path):
    """Without --resume, or with other data or another experiment, it is another run; earlier metrics are logged there, too."""
    assert Probe(tmp_path, running.environment, mlflow="one").begin().lines(1, 4).end() == (0, "")
    assert Probe(tmp_path, running.environment, mlflow="one").begin().lines(1, 3).end() == (0, "")
    assert Probe(tmp_path, running.environment, mlflow="two", resumes=True).begin(2).lines(3, 5).end() == (0, "")
    assert Probe(tmp_path, running.environment, mlflow="two", resumes=True, identity="f" * 16).begin(5).lines(6, 6).end() == (0, "")
    assert [len(running.points(run[0])) for run in running.runs("one")] == [4 * 8 + 2, 3 * 8 + 1]
    assert [len(running.points(run[0])) for run in running.runs("two")] == [5 * 8 + 2, 6 * 8 + 3]
    assert running.points(running.runs("two")[1][0]) == points_of(tmp_path)


def test_two_runs_make_an_experiment_at_once(running, tmp_path):
    """The experiment does not exist when it is looked up, but exists when it is created: another run created it in between."""
    assert Probe(tmp_path / "other", running.environment, mlflow="together").begin().lines(1, 2).end() == (0, "")
    num_looks = 0

    def is_looked_for(handler):
        nonlocal num_looks
        if "experiments/get-by-name" in handler.path:
            num_looks += 1
            if num_looks <= 2:  # before the work, and when the run is created
                return 404, {}, b'{"error_code": "RESOURCE_DOES_NOT_EXIST"}'
        return None

    with in_front_of(running, is_looked_for) as (environment, _):
        assert Probe(tmp_path / "run", environment, mlflow="together").begin().lines(1, 2).end() == (0, "")
    assert num_looks == 3 and [run[2] for run in running.runs("together")] == ["FINISHED"] * 2


def test_a_run_that_the_server_refuses_goes_on(running, tmp_path):
    """The run is permanently deleted on the server: one warning, and metrics are still written."""
    probe = Probe(tmp_path, running.environment, mlflow="gone").begin().lines(1, 2)
    program.wait_for(lambda: running.runs("gone"), timeout_seconds=60)
    request = urllib.request.Request(running.url + "/api/2.0/mlflow/runs/delete", json.dumps({"run_id": running.run_of("gone")[0]}).encode(),
                                     {"Content-Type": "application/json"})
    assert urllib.request.urlopen(request).status == 200
    status, said = probe.lines(3, 6).end()
    assert status == 0 and said.count("warning: ") == 1 and "tracker disabled" in said, said
    assert ("loss", 6) in points_of(tmp_path)


def test_a_deleted_experiment_is_said_before_the_work(running, tmp_path):
    assert Probe(tmp_path / "run", running.environment, mlflow="deleted").begin().lines(1, 1).end() == (0, "")
    (experiment,) = running.rows("SELECT experiment_id FROM experiments WHERE name = 'deleted'")[0]
    request = urllib.request.Request(running.url + "/api/2.0/mlflow/experiments/delete", json.dumps({"experiment_id": str(experiment)}).encode(),
                                     {"Content-Type": "application/json"})
    assert urllib.request.urlopen(request).status == 200
    status, said = refusal(tmp_path / "again", running.environment, "deleted")
    assert status == 2 and "'deleted' is deleted" in said, said


def test_dies_in_the_middle(server, tmp_path):
    """The server is killed with -9 while the run goes on; it ends without it, and the resumed run sends what is missing, once."""
    if server.process is None:
        server.start()
    probe = Probe(tmp_path, server.environment, mlflow="dies").begin().lines(1, 10)
    program.wait_for(lambda: server.runs("dies") and server.points(server.run_of("dies")[0]), timeout_seconds=60)
    server.kill()
    status, said = probe.lines(11, 20).end()
    assert status == 0 and "resume the run to send it" in said, said
    assert server.run_of("dies")[2] == "RUNNING"
    server.start()
    assert Probe(tmp_path, server.environment, mlflow="dies", resumes=True).begin(20).end() == (0, "")
    run_id, _, status, _ = server.run_of("dies")
    assert status == "FINISHED" and server.points(run_id) == points_of(tmp_path)


def refusal(folder, environment, experiment="any"):
    """(exit status, output) of a run that fails before it begins."""
    probe = Probe(folder, environment, mlflow=experiment)
    _, said = probe.process.communicate(timeout=60)
    return probe.process.returncode, said


class Hostile(http.server.BaseHTTPRequestHandler):
    """Responds as the test specifies, and records the requests."""

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        asked = self.rfile.read(length)
        self.server.seen.append((self.path, dict(self.headers)))
        status, headers, body = self.server.reply(self, asked) if callable(self.server.reply) else self.server.reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def hostile_server(reply, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.reply, server.seen = reply, []
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def in_front_of(running, answer_of=lambda handler: None):
    """(its environment, the requests: [(method, path)]): the real server, except for requests that `answer_of` answers."""
    asked = []

    def forward(handler, body):
        asked.append((handler.command, handler.path))
        if (answer := answer_of(handler)) is not None:
            return answer
        request = urllib.request.Request(running.url + handler.path, body or None, {"Content-Type": handler.headers.get("Content-Type", "")},
                                         method=handler.command)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, {}, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, {}, refused.read()

    with hostile_server(forward) as server:
        yield {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{server.server_address[1]}"}, asked


def uploads(asked):
    """The artifacts that were sent, in order, by their path among those of the run."""
    return [path.split("/artifacts/", 2)[2] for method, path in asked if method == "PUT"]


FILES = {"adapter_config.json": b"{}", "manifest.json": b'{"format": 1}', "loss.svg": "<svg>é</svg>".encode(), "samples.jsonl": b"",
         "adapter_model.safetensors": bytes(range(256)) * 12000, "nan-batch.jsonl": b"not for others"}


def with_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def answers_at(step):
    return f"[c-1]\nŒuf <{step}>\n\"x\"\n\n[line 2]\nŒuf <-{step}>\n\"x\"\n\n".encode()


def expected_artifacts(folder, *steps):
    small = {name: FILES[name] for name in ("adapter_config.json", "manifest.json", "loss.svg", "samples.jsonl")}
    return small | {"metrics.jsonl": (folder / "metrics.jsonl").read_bytes()} | {f"samples/step-{step:08}.txt": answers_at(step) for step in steps}


def test_artifacts(running, tmp_path):
    """The small files of a run that finished, and its answers as texts; the weights only on request, with their size logged."""
    folder = with_files(tmp_path / "run")
    with in_front_of(running) as (environment, asked):
        probe = Probe(folder, environment, mlflow="artifacts").begin().lines(1, 1)
        probe.say("answers 2")
        probe.lines(2, 3)
        probe.say("answers 4")
        assert probe.lines(4, 4).end() == (0, "")
        run_id = running.run_of("artifacts")[0]
        expected = expected_artifacts(folder, 2, 4)
        assert running.artifacts(run_id) == expected and sorted(uploads(asked)) == sorted(expected)
        assert running.points(run_id) == points_of(folder)
        # Resumed: unchanged files are not sent again, and a repeated answer is the same.
        asked.clear()
        (folder / "manifest.json").write_bytes(b'{"format": 1, "measured": 2}')
        probe = Probe(folder, environment, mlflow="artifacts", weights=True, resumes=True).begin(3)
        probe.say("answers 4")
        status, said = probe.lines(4, 4).end()
        assert status == 0 and said == "MLflow: adapter_model.safetensors (2.9 MiB) is uploaded, too\n", said
        assert sorted(uploads(asked)) == ["adapter_model.safetensors", "manifest.json"]
        expected |= {"adapter_model.safetensors": FILES["adapter_model.safetensors"], "manifest.json": b'{"format": 1, "measured": 2}'}
        assert running.artifacts(run_id) == expected and running.run_of("artifacts")[2] == "FINISHED"


def test_artifacts_wait_for_the_server(running, tmp_path):
    """The server is unavailable, the program is killed with -9, the next run ends without the server, and the third sends everything, once."""
    folder, is_away = with_files(tmp_path / "run"), True
    with in_front_of(running, lambda handler: (503, {}, b"") if is_away else None) as (environment, asked):
        probe = Probe(folder, environment, mlflow="spooled").begin().lines(1, 1)
        probe.say("answers 2")
        probe.lines(2, 2).kill()
        probe = Probe(folder, environment, mlflow="spooled", resumes=True).begin(2).lines(3, 3)
        probe.say("answers 4")
        status, said = probe.lines(4, 4).end()
        assert status == 0 and "resume the run to send it" in said and uploads(asked) == [], said
        is_away = False
        (folder / "loss.svg").unlink()  # files that were removed in the meantime are skipped
        status, said = Probe(folder, environment, mlflow="spooled", resumes=True).begin(4).end()
        assert status == 0 and said.count("warning: ") == 1 and "is skipped" in said and "loss.svg" in said, said
        run_id, _, status, _ = running.run_of("spooled")
        expected = expected_artifacts(folder, 2, 4)
        expected.pop("loss.svg")
        assert running.artifacts(run_id) == expected and status == "FINISHED" and running.points(run_id) == points_of(folder)
        assert sorted(uploads(asked)) == sorted(expected)


def test_killed_while_artifacts_are_sent(running, tmp_path):
    """The program is killed with -9 when its second artifact is requested: the resumed run sends that one and the rest."""
    folder = with_files(tmp_path / "run")
    probe = None

    def stands_still(handler):
        if probe is not None and handler.command == "PUT" and handler.path.endswith("/manifest.json"):
            probe.kill()
        return None

    with in_front_of(running, stands_still) as (environment, asked):
        probe = Probe(folder, environment, mlflow="killed in between").begin().lines(1, 2)
        probe.process.stdin.write("end finished\n")
        probe.process.stdin.flush()
        program.wait_for(lambda: probe.process.poll() is not None, timeout_seconds=60)
        assert running.run_of("killed in between")[2] == "RUNNING"
        probe = None
        before = uploads(asked)
        assert Probe(folder, environment, mlflow="killed in between", resumes=True).begin(2).end() == (0, "")
        run_id, _, status, _ = running.run_of("killed in between")
        assert running.artifacts(run_id) == expected_artifacts(folder) and status == "FINISHED"
        assert before[0] == "adapter_config.json" and "adapter_config.json" not in uploads(asked)[len(before):]


def test_a_run_that_failed_sends_no_files(running, tmp_path):
    for outcome in ("failed", "killed"):
        folder = with_files(tmp_path / outcome)
        probe = Probe(folder, running.environment, mlflow=f"no files, {outcome}").begin()
        probe.say("answers 2")
        probe.lines(1, 2).end(outcome)
        assert running.artifacts(running.run_of(f"no files, {outcome}")[0]) == {"samples/step-00000002.txt": answers_at(2)}


def test_a_server_that_takes_no_artifacts(running, tmp_path):
    """One log message only: artifacts stored elsewhere, on another host, and a server that accepts none; one
    warning when it fails to store them. Metrics and state are still sent."""
    created = urllib.request.Request(running.url + "/api/2.0/mlflow/experiments/create",
                                     json.dumps({"name": "elsewhere", "artifact_location": f"file://{tmp_path}/store"}).encode(),
                                     {"Content-Type": "application/json"})
    assert urllib.request.urlopen(created).status == 200

    def other_host(handler):
        return (200, {}, b'{"run": {"info": {"artifact_uri": "mlflow-artifacts://other.example/1/artifacts"}}}') if "runs/get" in handler.path else None

    def disabled(handler):  # mlflow/server/handlers.py, _disable_unless_serve_artifacts
        words = b"Endpoint: /api disabled due to the mlflow server running with `--no-serve-artifacts`. To enable"
        return (503, {}, words) if handler.command == "PUT" else None

    def broken_store(handler):
        return (500, {}, b"{}") if handler.command == "PUT" else None

    def too_large(handler):
        return (413, {}, b"<html>") if handler.command == "PUT" else None

    none, warned = "accepts no artifacts", "no more artifacts are sent"
    for experiment, answer_of, num_puts, words in (("elsewhere", lambda handler: None, 0, none), ("host", other_host, 0, none),
                                                   ("disabled", disabled, 1, none), ("broken", broken_store, 1, warned),
                                                   ("large", too_large, 1, warned)):
        folder = with_files(tmp_path / experiment)
        with in_front_of(running, answer_of) as (environment, asked):
            probe = Probe(folder, environment, mlflow=experiment).begin()
            probe.say("answers 2")
            status, said = probe.lines(1, 2).end()
        assert status == 0 and words in said and said.count("\n") == 1 and ("warning: " in said) == (words == warned), said
        assert len(uploads(asked)) == num_puts and not (tmp_path / "store").exists()
        run_id, _, status, _ = running.run_of(experiment)
        assert status == "FINISHED" and running.points(run_id) == points_of(folder)


def test_what_a_wrong_server_says_is_said_before_the_work(tmp_path):
    elsewhere = {"Location": "http://127.0.0.1:9/"}
    cases = [((401, {}, b"no"), ["401", "credentials"]), ((403, {}, b"{}"), ["403", "credentials"]),
             ((302, elsewhere, b""), ["302", "redirect"]), ((200, {}, b"<html>"), ["MLflow"]),
             ((200, {}, b'{"experiment": 7}'), ["MLflow"]), ((404, {}, b"nothing here"), ["404"]),
             ((400, {}, json.dumps({"message": "bad " * 1000}).encode()), ["400", "bad bad"])]
    for reply, words in cases:
        with hostile_server(reply) as server:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            status, said = refusal(tmp_path / "run", {"MLFLOW_TRACKING_URI": url})
            assert status == 2 and all(word in said for word in [url, *words]) and len(said) < 700, said
    for uri in ("", "file:///tmp/x", "databricks", "http://", "sqlite:///kanarie.db"):
        status, said = refusal(tmp_path / "run", {"MLFLOW_TRACKING_URI": uri})
        assert status == 2 and "MLFLOW_TRACKING_URI" in said and "kanarie" not in said, (uri, said)
    assert not journal(tmp_path / "run").exists()


def test_credentials_are_sent_and_never_said(tmp_path):
    """Basic or bearer, from the variable, a file or the address; to this server only, and not in output, files or the journal."""
    (tmp_path / "password").write_text("kanarie-pässword\n")
    (tmp_path / "token").write_text("kanarie-token\n")
    basic = "Basic " + base64.b64encode("user:kanarie-pässword".encode()).decode()
    cases = [({"MLFLOW_TRACKING_USERNAME": "user", "MLFLOW_TRACKING_PASSWORD": "kanarie-pässword"}, "", basic),
             ({"MLFLOW_TRACKING_USERNAME": "user", "MLFLOW_TRACKING_PASSWORD_FILE": str(tmp_path / "password")}, "", basic),
             ({"MLFLOW_TRACKING_TOKEN": "kanarie-token"}, "", "Bearer kanarie-token"),
             ({"MLFLOW_TRACKING_TOKEN_FILE": str(tmp_path / "token")}, "", "Bearer kanarie-token"),
             ({}, "user:kanarie-p%C3%A4ssword@", basic), ({}, "", None)]
    for number, (environment, part, expected) in enumerate(cases):
        with hostile_server((503, {}, b"kanarie is echoed")) as server:
            folder = tmp_path / str(number)
            uri = f"http://{part}127.0.0.1:{server.server_address[1]}/prefix/"
            probe = Probe(folder, {"MLFLOW_TRACKING_URI": uri, **environment}, mlflow="any").begin().lines(1, 2)
            status, said = probe.end()
            assert status == 0 and "503" in said and "kanarie" not in said, said
            assert server.seen[0][0].startswith("/prefix/api/2.0/mlflow/experiments/get-by-name?experiment_name=any")
            assert {headers.get("Authorization") for _, headers in server.seen} == {expected}
            assert b"kanarie" not in journal(folder).read_bytes()
    with hostile_server((302, {"Location": "http://127.0.0.1:9/"}, b"")) as server:
        uri = f"http://user:kanarie@127.0.0.1:{server.server_address[1]}"
        status, said = refusal(tmp_path / "redirected", {"MLFLOW_TRACKING_URI": uri})
        assert status == 2 and "kanarie" not in said and len(server.seen) == 1, said
    status, said = refusal(tmp_path / "run", {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_TRACKING_TOKEN": "kanarie\nX: y"})
    assert status == 2 and "MLFLOW_TRACKING_TOKEN" in said and "kanarie" not in said, said


def test_certificates_are_verified(tmp_path):
    """A server with an untrusted certificate is unavailable; with its certificate as an authority, it is used."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "certificate"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with hostile_server((503, {}, b""), context) as server:
        environment = {"MLFLOW_TRACKING_URI": f"https://127.0.0.1:{server.server_address[1]}", "MLFLOW_TRACKING_TOKEN": "kanarie"}
        status, said = Probe(tmp_path / "run", environment, mlflow="any").begin().lines(1, 1).end()
        assert status == 0 and "is unavailable (SSL" in said and server.seen == [], said
        environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = str(tmp_path / "certificate")
        status, said = Probe(tmp_path / "run", environment, mlflow="any").begin().lines(1, 1).end()
        assert status == 0 and "503" in said and server.seen, said
    environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = str(tmp_path / "absent")
    status, said = refusal(tmp_path / "refused", environment)
    assert status == 2 and "MLFLOW_TRACKING_SERVER_CERT_PATH" in said, said


def test_a_server_that_never_answers_does_not_hold_training_up(tmp_path):
    """A server that accepts the connection and does not respond: no line blocks, and the run ends."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        probe = Probe(tmp_path, {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{silent.getsockname()[1]}"}, mlflow="any").begin()
        probe.lines(1, 500)
        status, said = probe.end("killed", timeout_seconds=60)
    assert status == 143 and "is unavailable" in said, said
    assert sum("step" in json.loads(line) for line in journal(tmp_path).read_text().splitlines()) == 500


def test_a_broken_journal_is_one_warning(running, tmp_path):
    journal(tmp_path).parent.mkdir()
    journal(tmp_path).write_text("not a journal\n")
    status, said = Probe(tmp_path, running.environment, mlflow="broken").begin().lines(1, 2).end()
    assert status == 0 and said.count("warning: ") == 1 and "journal.jsonl" in said, said
    assert journal(tmp_path).read_text() == "not a journal\n"
    # Unsent entries are reported when another run uses the folder.
    journal(tmp_path).unlink()
    Probe(tmp_path, {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}, mlflow="broken").begin().lines(1, 3).kill()
    status, said = Probe(tmp_path, running.environment, mlflow="broken").begin().lines(1, 2).end()
    assert status == 0 and "3 entries" in said and "dropped" in said, said
