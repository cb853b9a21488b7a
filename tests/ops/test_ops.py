"""The files of scripts/ops: each is checked by its target program or a linter, and its commands are run where possible."""
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

import pytest
import yaml

import program
from conversations import insert

OPS = program.ROOT / "scripts/ops"
NIGHTLY = OPS / "nightly"
SERVICE = OPS / "intelia-extract.service"
WORKFLOW = OPS / "retrain.yml"


def run(*arguments, environment=None, **settings):
    return subprocess.run([str(argument) for argument in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, env=program.clean_environment(environment), **settings)


def needs(name):
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"the program {name} is not installed")


def linter(name):
    """The linter of that name next to this Python, or on the path."""
    place = pathlib.Path(sys.executable).with_name(name)
    found = str(place) if place.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"the linter {name} is not installed")
    return found


def crontab_line():
    """(schedule, command) of the one line that runs something, and the variables before it."""
    variables, lines = {}, []
    for line in (OPS / "intelia.crontab").read_text().splitlines():
        if line and not line.startswith("#"):
            match = re.fullmatch(r"(\w+)=(.*)", line)
            if match:
                variables[match[1]] = match[2]
            else:
                lines.append(line)
    assert len(lines) == 1
    *schedule, command = lines[0].split(None, 5)
    return " ".join(schedule), command, variables


def service_command(state):
    """The ExecStart= of the service with its folder in place of systemd's."""
    command = re.search(r"^ExecStart=(.*)$", SERVICE.read_text(), re.MULTILINE)[1]
    return [part.replace("${STATE_DIRECTORY}", str(state)) for part in shlex.split(command)]


@pytest.fixture()
def secret(database, tmp_path):
    """The file of DATABASE_URL_FILE, of a database with conversations."""
    url, connection = database
    insert(connection, [{} for _ in range(20)])
    path = tmp_path / "database-url"
    path.write_text(url + "\n")
    path.chmod(0o600)
    return path


@needs("crontab")
def test_cron_reads_the_crontab(tmp_path):
    assert run("crontab", "-n", OPS / "intelia.crontab").returncode == 0
    assert crontab_line()[0] == "0 2 * * *"
    broken = tmp_path / "broken.crontab"
    broken.write_text((OPS / "intelia.crontab").read_text().replace("0 2 * * *", "0 25 * * *"))
    assert "bad hour" in run("crontab", "-n", broken).stdout


def test_the_line_of_the_crontab_runs(secret, tmp_path):
    _, command, variables = crontab_line()
    assert variables["DATABASE_URL_FILE"] == "/etc/intelia/database-url" and variables["MAILTO"]
    assert {"/opt/intelia/bin", "/opt/intelia/scripts/ops"} <= set(variables["PATH"].split(":"))
    place = "/var/lib/intelia/nightly"
    assert place in command
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/intelia").symlink_to(program.PROGRAM)
    done = run("/bin/sh", "-c", command.replace(place, str(tmp_path / "nightly")),
               environment={"PATH": f"{tmp_path}/bin:{OPS}:/usr/bin:/bin", "DATABASE_URL_FILE": str(secret)})
    assert (done.returncode, done.stdout) == (0, "")  # silent: cron sends no mail
    assert (tmp_path / "nightly/train.jsonl").stat().st_size > 0
    secret.write_text("postgresql://u:kanarie@/d?host=/nowhere\n")
    done = run("/bin/sh", "-c", command.replace(place, str(tmp_path / "nightly")).replace("nightly ", "nightly -t 2 -w 0 ", 1),
               environment={"PATH": f"{tmp_path}/bin:{OPS}:/usr/bin:/bin", "DATABASE_URL_FILE": str(secret)})
    assert done.returncode == 75
    assert "ended with exit status 75" in done.stdout and "cannot connect" in done.stdout and "kanarie" not in done.stdout


def tries(tmp_path, statuses, *options):
    """(exit status, output, number of tries) of `nightly` around a command that ends with each of `statuses` in turn."""
    script = tmp_path / "command"
    script.write_text(f"""#!/bin/sh
echo x >>"{tmp_path}/tries"
set -- {' '.join(map(str, statuses))}
shift $(($(wc -l <"{tmp_path}/tries") - 1))
echo "says $1"
echo "warns $1" >&2
exit $1
""")
    script.chmod(0o755)
    (tmp_path / "tries").unlink(missing_ok=True)
    done = run(NIGHTLY, *options, script)
    return done.returncode, done.stdout, len((tmp_path / "tries").read_text().splitlines())


def test_nightly_is_silent_unless_something_is_wrong(tmp_path):
    assert tries(tmp_path, [0]) == (0, "", 1)
    for status in (1, 2, 3, 4):
        got, said, number = tries(tmp_path, [status])
        assert (got, number) == (status, 1)
        assert f"says {status}\nwarns {status}\n" in said


def test_nightly_tries_again_when_it_is_told_to(tmp_path):
    assert tries(tmp_path, [75, 75, 0], "-w", "0") == (0, "", 3)
    status, said, number = tries(tmp_path, [75, 75, 75, 75], "-w", "0", "-t", "3")
    assert (status, number) == (75, 3) and said.count("says 75") == 1
    assert tries(tmp_path, [75, 1, 0], "-w", "0")[::2] == (1, 2)
    assert run(NIGHTLY).returncode == 2 and run(NIGHTLY, "-x", "true").returncode == 2


def test_nightly_hands_a_signal_on(tmp_path):
    process = subprocess.Popen([NIGHTLY, "sh", "-c", "echo $$ >pid; exec sleep 60"], cwd=tmp_path)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert process.poll() is None
    child = int((tmp_path / "pid").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def verify(folder, text):
    """`systemd-analyze verify` of the service, with an existing program, and of its timer."""
    folder.mkdir()
    (folder / SERVICE.name).write_text(text.replace("/opt/intelia/bin/intelia", program.PROGRAM))
    shutil.copy(OPS / "intelia-extract.timer", folder)
    return run("systemd-analyze", "verify", "--man=no", folder / SERVICE.name, folder / "intelia-extract.timer")


@needs("systemd-analyze")
def test_systemd_reads_the_units(tmp_path):
    done = verify(tmp_path / "units", SERVICE.read_text())
    assert (done.returncode, done.stdout) == (0, "")
    for at, (old, new) in enumerate([("ProtectSystem=strict", "ProtectSystem=harsh"), ("RestartSec=", "RestartSeconds="),
                                     ("@system-service", "@system-servant")]):
        assert old in SERVICE.read_text()
        assert verify(tmp_path / f"broken-{at}", SERVICE.read_text().replace(old, new)).stdout != ""
    calendar = re.search(r"^OnCalendar=(.*)$", (OPS / "intelia-extract.timer").read_text(), re.MULTILINE)[1]
    done = run("systemd-analyze", "calendar", calendar, environment={"TZ": "UTC"})
    assert done.returncode == 0 and "02:00:00 UTC" in done.stdout
    assert run("systemd-analyze", "calendar", "*-*-* 26:00:00").returncode != 0


@needs("systemd-analyze")
def test_the_service_is_closed_in():
    """systemd's own measure of exposure, from 0 to 10; below 2 it calls a service OK."""
    assert run("systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", SERVICE).returncode == 0
    assert run("systemd-analyze", "security", "--offline=yes", "--threshold=5", "--no-pager", SERVICE).returncode != 0


@needs("systemd-analyze")
@needs("strace")
def test_the_service_calls_only_what_its_filter_allows(secret, tmp_path):
    """systemd does not run here, so the filter itself is not tested: the system calls of a real run are compared with it."""
    def calls_of(group, seen):
        if group in seen:
            return set()
        seen.add(group)
        members = [line.strip() for line in run("systemd-analyze", "syscall-filter", group).stdout.splitlines()[1:]]
        return {call for member in members if not member.startswith("#")
                for call in (calls_of(member, seen) if member.startswith("@") else {member})}

    allowed = calls_of("@system-service", set()) - calls_of("@privileged", set()) - calls_of("@resources", set())
    command = service_command(tmp_path / "state")
    done = run("strace", "-f", "-o", tmp_path / "trace", program.PROGRAM, *command[1:],
               environment={"DATABASE_URL_FILE": str(secret), "ASAN_OPTIONS": "detect_leaks=0"})  # it cannot be traced
    assert done.returncode == 0, done.stdout
    called = set(re.findall(r"^\d+ +(\w+)\(", (tmp_path / "trace").read_text(), re.MULTILINE))
    assert len(called) > 20 and "connect" in called
    assert called - {"execve"} <= allowed, called - allowed
    for line in (tmp_path / "trace").read_text().splitlines():  # MemoryDenyWriteExecute=
        assert not re.search(r"m(map|protect)\(.*PROT_WRITE\|PROT_EXEC", line), line


def test_the_command_of_the_service_runs(secret, tmp_path):
    command = service_command(tmp_path / "state")
    assert command[0] == "/opt/intelia/bin/intelia"
    done = run(program.PROGRAM, *command[1:], environment={"DATABASE_URL_FILE": str(secret)})
    assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["nightly"]


def test_the_workflow_is_sound(tmp_path):
    check = [linter("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = run(*check, WORKFLOW)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOW.read_text().replace("timeout-minutes: 350", "timeout-minutes: [350]"))
    assert run(*check, broken).returncode != 0


def test_the_workflow_is_safe(tmp_path):
    audit = [linter("zizmor"), "--offline", "--no-progress"]
    done = run(*audit, WORKFLOW)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "broken.yml"
    broken.write_text(re.sub(r"checkout@\w+", "checkout@v4", WORKFLOW.read_text()))
    assert run(*audit, broken).returncode != 0


def test_the_scripts_of_the_workflow_are_shell(tmp_path):
    scripts = [step["run"] for job in yaml.safe_load(WORKFLOW.read_text())["jobs"].values() for step in job["steps"]
               if "run" in step]
    assert len(scripts) > 6
    for script in scripts:
        assert run("bash", "-n", "-c", script).stdout == ""


@pytest.mark.parametrize("status, verdict", [(0, "deploy"), (3, "do not deploy"), (4, "not enough data"), (1, None), (75, None)])
def test_the_evaluation_of_the_workflow_tells_results_from_failures(tmp_path, status, verdict):
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["retrain"]["steps"]
    script = next(step["run"] for step in steps if step.get("id") == "evaluate")
    (tmp_path / "intelia").write_text(f"#!/bin/sh\nexit {status}\n")
    (tmp_path / "intelia").chmod(0o755)
    # GitHub's bash for `shell: bash`.
    done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, cwd=tmp_path,
               environment={"PATH": f"{tmp_path}:/usr/bin:/bin", "GITHUB_OUTPUT": str(tmp_path / "output"),
                            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")})
    assert done.returncode == (0 if verdict else status)
    assert not verdict or (tmp_path / "output").read_text() == f"verdict={verdict}\n"


def test_the_steps_of_the_workflow_that_need_no_model_run(database, tmp_path):
    url, _ = database
    steps = {step.get("name"): step.get("run", "") for step in yaml.safe_load(WORKFLOW.read_text())["jobs"]["retrain"]["steps"]}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/intelia").symlink_to(program.PROGRAM)
    (tmp_path / "data").symlink_to(program.ROOT / "data")
    environment = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "DATABASE_URL": url}
    load = re.search(r"^.*conversations\.sql.*$", steps["Sample data"], re.MULTILINE)[0]  # the schema exists already
    for script in (load, steps["Check the database"], steps["Extract"]):
        done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, cwd=tmp_path, environment=environment)
        assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "work/data/manifest.json").read_text())["counts"]["kept"] == 168


def test_every_option_is_one_that_the_command_knows():
    texts = [path.read_text() for path in OPS.iterdir()]
    seen = 0
    for text in texts:
        text = re.sub(r"\\\n|\n {10,}(?=--)", " ", text)
        for words in re.findall(r"\bintelia ((?:extract|doctor|model init|train sft|eval run)\b[^\n|]*)", text):
            command = re.match(r"(extract|doctor|model init|train sft|eval run)", words)[1]
            known = program.run(*command.split(), "--help").stdout
            for option in re.findall(r"--[a-z-]+", words):
                seen += 1
                assert re.search(rf"^  {re.escape(option.replace('--no-engine', '--engine'))}\b", known, re.MULTILINE), (command, option)
    assert seen > 15
