"""Sends metrics to Weights & Biases through its client: started by intelia (lib/tracking/wandb.cpp), fed on standard input.

Descriptor 3 is the output folder. The first line describes the run. Each further line is {"step", "time", "metrics"}, optionally preceded by {"step", "answers":
[[prompt, answer], …]} of the same step; the last is {"exit_code"}, and an end of input without it means that the program was killed.
With the argument "check" it only tests, by its exit status, whether it could work: 0 yes, 3 the package is missing, 4 no API key.
"""
import fcntl
import json
import os
import sys

MISSING_PACKAGE, MISSING_KEY = 3, 4


def read_key():
    """WANDB_API_KEY from the file that WANDB_API_KEY_FILE names."""
    path = os.environ.pop("WANDB_API_KEY_FILE", "")
    if path and not os.environ.get("WANDB_API_KEY"):
        with open(path, encoding="utf-8") as file:
            os.environ["WANDB_API_KEY"] = file.read().strip()


def lacks_key(wandb):
    """Whether an online run would lack an API key; False where this version of the client cannot tell."""
    try:
        from wandb.sdk.lib import wbauth
        settings = wandb.setup().settings
        if settings.mode in ("offline", "dryrun", "disabled") or settings.api_key or settings.identity_token_file:
            return False
        return wbauth.wbnetrc.read_netrc_auth(host=settings.base_url) is None
    except Exception:
        return False


def check():
    try:
        import wandb
        wandb.init, wandb.Settings  # a folder of that name in the path is not the package
    except (ImportError, AttributeError):
        return MISSING_PACKAGE
    return MISSING_KEY if lacks_key(wandb) else 0


class State:
    """The run's id and the last logged step, in a file: a resumed run must not log earlier steps again."""

    def __init__(self, folder, head):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.file = open(os.open(os.path.join(folder, "intelia.jsonl"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600),
                         "r+", encoding="utf-8")
        fcntl.flock(self.file, fcntl.LOCK_EX)  # until the client of a killed run has ended
        lines = [line for line in self.file.read().split("\n")[:-1]]
        mine = {name: head[name] for name in ("project", "identity")}
        before = json.loads(lines[0]) if lines else {}
        self.resumes = head["resumes"] and all(before.get(name) == value for name, value in mine.items())
        self.id = before["id"] if self.resumes else head["key"]
        self.last_step = json.loads(lines[-1]) if self.resumes and len(lines) > 1 else -1
        self.file.seek(0)
        self.file.truncate()
        self.write({**mine, "id": self.id})
        if self.last_step >= 0:
            self.write(self.last_step)

    def write(self, value):
        self.file.write(json.dumps(value) + "\n")
        self.file.flush()

    def note(self, step):
        self.last_step = step
        self.write(step)


def main():
    os.umask(0o077)
    os.environ.setdefault("WANDB_SILENT", "true")
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # the client would send its own errors to its vendor
    read_key()
    if sys.argv[1:] == ["check"]:
        return check()
    head = json.loads(sys.stdin.readline())
    folder = f"/proc/{os.getpid()}/fd/3"  # for the client's own process, too; the path could lead elsewhere meanwhile
    state = State(os.path.join(folder, "wandb"), head)
    import wandb
    run = wandb.init(project=head["project"], name=head["name"], id=state.id, resume="allow", dir=folder,
                     config=head["config"], job_type=head["command"],
                     settings=wandb.Settings(console="off", disable_git=True, disable_code=True, save_code=False,
                                             x_save_requirements=False, x_disable_meta=True, x_disable_stats=True,
                                             x_disable_machine_info=True))
    exit_code = 255
    answers = []
    for text in sys.stdin:
        entry = json.loads(text)
        if "exit_code" in entry:
            exit_code = entry["exit_code"]
            break
        if entry["step"] <= state.last_step:
            continue
        if "answers" in entry:
            answers = [[entry["step"], *row] for row in entry["answers"]]
            continue
        table = {"samples": wandb.Table(columns=["step", "prompt", "answer"], data=answers)} if answers else {}
        run.log({**entry["metrics"], **table, "_timestamp": entry["time"]}, step=entry["step"])
        state.note(entry["step"])
        answers = []
    run.finish(exit_code=exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
