"""A model small enough to train in half a second, with data, for the tests of training and evaluation."""
import hashlib
import json
import pathlib
import re

import fault_points
import program

ONE_THREAD = ["--threads", "1"]
ON_CPU = [*ONE_THREAD, "--device", "cpu"]


def conversation(number, question=None, answer=None):
    return {"messages": [{"role": "user", "content": question or f"How warm on day {number}?"},
                         {"role": "assistant", "content": answer or f"About {32 - number % 9} degrees, and water first."}],
            "metadata": {"conversation_id": f"c-{number}", "language": "en"}}


def preference(number, question=None, chosen=None, rejected=None):
    said = conversation(number, question, chosen)
    return {"prompt": said["messages"][:1], "chosen": said["messages"][1:],
            "rejected": [{"role": "assistant", "content": rejected or f"Cold, day {number}."}], "metadata": said["metadata"]}


def rated_answer(number, question=None, answer=None):
    pair = preference(number, question, answer, answer)
    return {"prompt": pair["prompt"], "completion": pair["chosen" if number % 2 else "rejected"], "label": number % 2 == 1,
            "metadata": pair["metadata"]}


def write_lines(path, records):
    """`records`: objects, or bytes that are written as they are."""
    with open(path, "wb") as file:
        for record in records:
            file.write((record if isinstance(record, bytes) else json.dumps(record, ensure_ascii=False).encode()) + b"\n")
    return path


def text_of(run, *folders):
    """All output and files of a run, as bytes."""
    return run.stdout.encode() + run.stderr.encode() + b"".join(
        data for folder in folders for data in fault_points.files_of(folder).values())


def results_of(folder):
    """Name → content of all files that must be equal after two equal runs: without times, and without the options for the
    output folder and resuming."""
    files = fault_points.files_of(folder)
    for name, data in files.items():
        if name == "manifest.json":
            manifest = json.loads(data)
            manifest.pop("measured", None)
            for option in ("output", "resume", "force"):
                manifest["options"].pop(option, None)
            files[name] = manifest
        if name == "report.html":
            files[name] = re.sub(rb"<br>evaluated on [0-9-]{10}", b"", data)
        if name == "metrics.jsonl":
            files[name] = [{key: value for key, value in json.loads(line).items() if key != "measured"}
                           for line in data.splitlines()]
    return files


def check_manifest(folder):
    """If there is a manifest, every output that it lists has the recorded hash. Returns whether there is one."""
    path = pathlib.Path(folder) / "manifest.json"
    if not path.exists():
        return False
    for output in json.loads(path.read_text())["outputs"]:
        data = (path.parent / output["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == output["sha256"], output["path"]
    return True


def checkpoints_of(folder):
    """The steps of the checkpoints in `folder`, oldest first."""
    return sorted(int(path.name.removeprefix("checkpoint-")) for path in pathlib.Path(folder).glob("checkpoint-*"))


class Tiny:
    def __init__(self, folder):
        self.folder = folder
        self.model = folder / "model"
        text = folder / "text.md"
        text.write_text("\n".join(f"On day {day} the house is kept at {33 - day} degrees; clean water comes before feed.\n"
                                  "Litter stays dry and friable, and ammonia below twenty parts in a million.\n"
                                  "Coccidiosis shows as bloody droppings, ruffled feathers and pale combs."
                                  for day in range(1, 15)))
        run = program.run(*self.init(self.model))
        assert run.status == 0, run.stderr
        self.train = write_lines(folder / "train.jsonl", [conversation(number) for number in range(24)])
        self.validation = write_lines(folder / "validation.jsonl", [conversation(number) for number in range(30, 36)])
        self.questions = write_lines(folder / "questions.jsonl",
                                     [{"id": f"q-{number}", "question": f"How cool on day {number}?", "language": "en"}
                                      for number in range(2)])
        self._adapter = None

    def init(self, output, *more):
        return ["model", "init", *ONE_THREAD, "--preset", "tiny", "--hidden-size", 32, "--intermediate-size", 64, "--layers", 1,
                "--heads", 2, "--kv-heads", 1, "--vocab-size", 320, "--max-positions", 128, "--train-tokenizer",
                self.folder / "text.md", "--output", output, *more]

    def sft(self, output, *more, steps=4, save_every=2, model=None, train=None):
        """`train sft`; an option in `more` comes last and takes precedence."""
        return ["train", "sft", *ON_CPU, "--model", model or self.model, "--train", train or self.train, "--validation",
                self.validation, "--batch-size", 2, "--gradient-accumulation", 1, "--max-steps", steps, "--save-every", save_every,
                "--eval-every", 2, "--log-every", 1, "--keep", 2, "--learning-rate", 1e-2, "--lora-r", 2, "--output", output, *more]

    def preference(self, method, output, *more, steps=4, save_every=2, model=None, train=None):
        """`train dpo` or `train kto`, continuing the adapter; an option in `more` comes last and takes precedence."""
        return ["train", method, *ON_CPU, "--model", model or self.model, "--adapter", self.adapter(), "--train",
                train or self.preferences(method), "--validation", self.preferences(method, held_out=True), "--batch-size", 2,
                "--gradient-accumulation", 1, "--max-steps", steps, "--save-every", save_every, "--eval-every", 2, "--log-every", 1,
                "--keep", 2, "--learning-rate", 1e-2, "--output", output, *more]

    def preferences(self, method, held_out=False):
        """Pairs, or rated answers, written at first use."""
        path = self.folder / f"{method}-{'held-out' if held_out else 'train'}.jsonl"
        if not path.exists():
            numbers = range(30, 36) if held_out else range(24)
            write_lines(path, [preference(number) if method == "dpo" else rated_answer(number) for number in numbers])
        return path

    def eval(self, output, *more, model=None, adapter=None, validation=None, allows_mismatch=True):
        """`eval run`; a `model` or an `adapter` that differs from what was trained is allowed unless stated otherwise."""
        allowed = ["--allow-mismatch"] if (model or adapter) and allows_mismatch else []
        return ["eval", "run", *ON_CPU, "--model", model or self.model, "--adapter", adapter or self.adapter(), "--validation",
                validation or self.validation, "--questions", self.questions, "--max-new-tokens", 3, "--output", output, *allowed,
                *more]

    def adapter(self):
        """An adapter folder, trained at first use."""
        if self._adapter is None:
            self._adapter = self.folder / "adapter"
            run = program.run(*self.sft(self._adapter))
            assert run.status == 0, run.stderr
        return self._adapter
