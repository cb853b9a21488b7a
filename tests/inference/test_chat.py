"""`intelia chat` in a real pseudo-terminal and through pipes, on small models with random weights: greedy answers against
transformers, and what a person does: stopping answers, editing lines, commands, leaving."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import program  # noqa: E402
from pseudo_terminal import PROMPT, PseudoTerminal  # noqa: E402

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

ON_CPU = ["--precision", "fp32", "--device", "cpu", "--threads", "1"]
ENDLESS = ["--max-new-tokens", "65000"]
MESSAGES = ["How warm is the house?", "et l'eau propre ?", "Merci, and the litter?"]
SECONDS_TO_STOP = 2

# Marks around each turn, a system prompt, and contents that are trimmed, as in Llama's.
TEMPLATE = """{{- bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim + eos_token }}
{%- endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"""
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + TEMPLATE


class Models:
    """One small model with a short context, and variants of it."""

    def __init__(self, folder):
        self.folder = folder
        lines = [f"On day {day} the house is kept at {33 - day} degrees; l'eau propre passe avant l'aliment, é è ñ ç." for day in range(40)]
        (folder / "text.md").write_text("\n".join(lines))
        self.short = self.make("short", 256)
        self.endless = self.make("endless", 65536)
        weights = load_file(self.endless / "model.safetensors")
        weights["lm_head.weight"][2] = 0  # </s> is never the most likely token
        save_file(weights, self.endless / "model.safetensors", metadata={"format": "pt"})
        self.no_system = self.make("no-system", 160, NO_SYSTEM)

    def make(self, name, context, template=TEMPLATE):
        run = program.run("model", "init", "--threads", 1, "--preset", "tiny", "--hidden-size", 64, "--intermediate-size", 128, "--layers", 2,
                          "--heads", 4, "--kv-heads", 2, "--vocab-size", 400, "--max-positions", context, "--standard-deviation", 0.2,
                          "--train-tokenizer", self.folder / "text.md", "--output", self.folder / name)
        assert run.status == 0, run.stderr
        model = self.folder / name
        (model / "chat_template.jinja").write_text(template)
        return model


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return Models(tmp_path_factory.mktemp("chat"))


@contextlib.contextmanager
def chat(model, *more, home=None, waits=True, environment=None, **options):
    environment = {"HOME": str(home or "/nonexistent"), "XDG_STATE_HOME": "", **(environment or {})}
    terminal = PseudoTerminal("chat", "--model", model, *ON_CPU, *more, environment=environment, **options)
    try:
        if waits:
            terminal.banner = terminal.wait_for(PROMPT).decode()
        yield terminal
    finally:
        terminal.close()


def pipe(model, text, *more, **options):
    done = subprocess.run([program.PROGRAM, "chat", "--model", str(model), *ON_CPU, *map(str, more)], input=text, capture_output=True,
                          env=program.clean_environment({"HOME": "/nonexistent"}), timeout=60, **options)
    return done.returncode, done.stdout, done.stderr.decode()


def answers_of_transformers(folder, messages, max_new_tokens, system=None):
    """A conversation with greedy answers, each to the whole conversation before it, computed from its beginning."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    conversation = [{"role": "system", "content": system}] if system else []
    for message in messages:
        conversation.append({"role": "user", "content": message})
        ids = tokenizer.apply_chat_template(conversation, add_generation_prompt=True, return_tensors="pt", return_dict=False)
        with torch.no_grad():
            answer = model.generate(ids, max_new_tokens=max_new_tokens, do_sample=False, temperature=None, top_p=None, top_k=None,
                                    use_cache=False)[0, ids.shape[1]:]
        conversation.append({"role": "assistant", "content": tokenizer.decode(answer, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
    return conversation


def saved(path):
    (line,) = path.read_text().splitlines()
    return json.loads(line)


@pytest.mark.parametrize("system", [None, "Answer in one sentence."])
def test_three_turns_have_the_answers_of_transformers(models, tmp_path, system):
    with chat(models.short, "--max-new-tokens", 12, *(["--system", system] if system else [])) as terminal:
        shown = [terminal.ask(message) for message in MESSAGES]
        terminal.ask(f"/save {tmp_path / 'chat.jsonl'}")
        terminal.send("/quit\r")
        status, rest = terminal.finish()
        assert status == 0 and "3 answers" in rest and terminal.has_cooked_mode()
    expected = answers_of_transformers(models.short, MESSAGES, 12, system)
    record = saved(tmp_path / "chat.jsonl")
    assert [{key: message[key] for key in ("role", "content")} for message in record["messages"]] == expected
    assert record["metadata"] == {"source": "chat", "model": str(models.short)}
    # The second and third turn read only what is new, up to a block of 32 tokens.
    assert "not read again" in shown[2]
    for text, message in zip(shown, expected[-5::2]):
        for word in re.findall(r"[a-z]{3,}", message["content"]):
            assert word in text


def test_answers_equal_those_of_generate(models, tmp_path):
    """Every turn as a prompt of its own, computed in a batch and without kept keys."""
    status, stdout, stderr = pipe(models.short, "\n".join(MESSAGES).encode(), "--max-new-tokens", 12, "--json")
    assert status == 0, stderr
    assert json.loads(stderr.splitlines()[-1])["reused_tokens"] > 0
    conversation = answers_of_transformers(models.short, MESSAGES, 12)
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("".join(json.dumps({"prompt": conversation[:end]}) + "\n" for end in (1, 3, 5)))
    run = program.run("generate", "--model", models.short, *ON_CPU, "--prompts", prompts, "--output", tmp_path / "out.jsonl", "--max-new-tokens", 12)
    assert run.status == 0, run.stderr
    lines = [json.loads(line)["answers"][0]["text"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert stdout.decode() == "".join(line + "\n" for line in lines)


def test_the_answer_streams(models):
    with chat(models.endless, *ENDLESS) as terminal:
        terminal.send("day one\r")
        terminal.wait_for("\r\n")
        parts = 0
        deadline = time.monotonic() + 10
        while parts < 10 and time.monotonic() < deadline:
            parts += terminal.read_some()
        assert parts == 10 and PROMPT not in terminal.seen
        terminal.send("\x03")
        terminal.wait_for(PROMPT)


def test_an_interrupt_stops_the_answer_and_not_the_program(models, tmp_path):
    with chat(models.endless, *ENDLESS) as terminal:
        terminal.send("day one\r")
        terminal.wait_for("\r\n")
        while len(terminal.seen) < 200:
            assert terminal.read_some(5)
        start = time.monotonic()
        terminal.send("\x03")
        text = terminal.wait_for(PROMPT).decode()
        assert time.monotonic() - start < SECONDS_TO_STOP
        assert "stopped; the part above stays in the conversation" in text and terminal.process.poll() is None
        # The part is in the history.
        told = terminal.ask("/tokens")
        assert int(re.search(r"(\d+) of 65536", told)[1]) > 20
        terminal.ask(f"/save {tmp_path / 'cut.jsonl'}")
        record = saved(tmp_path / "cut.jsonl")
        assert record["messages"][1]["weight"] == 0 and len(record["messages"][1]["content"]) > 50
        terminal.send("\x04")
        assert terminal.finish()[0] == 0


def test_keys_during_an_answer_are_not_shown_in_it(models):
    with chat(models.endless, *ENDLESS) as terminal:
        terminal.send("day one\r")
        terminal.wait_for("\r\n")
        assert terminal.read_some(5)
        terminal.send("###")
        start = len(terminal.seen)
        while len(terminal.seen) < start + 500:
            assert terminal.read_some(5)
        terminal.send("\x03")
        assert b"#" not in terminal.wait_for(PROMPT)
        terminal.send("/tokens")  # and at the prompt they are
        terminal.wait_for("/tokens")
        terminal.send("\x03")
        terminal.wait_for(PROMPT)
        terminal.send("\x04")
        assert terminal.finish()[0] == 0 and terminal.has_cooked_mode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("when", ["at the prompt", "during an answer", "typed"])
def test_other_signals_end_the_program(models, number, when):
    with chat(models.endless, *ENDLESS) as terminal:
        if when == "during an answer":
            terminal.send("day one\r")
            terminal.wait_for("\r\n")
            assert terminal.read_some(5)
        elif when == "typed":
            terminal.send("half a line")
            terminal.wait_for("half a line")
        start = time.monotonic()
        terminal.process.send_signal(number)
        assert terminal.finish()[0] == 128 + number
        assert time.monotonic() - start < SECONDS_TO_STOP
        assert terminal.has_cooked_mode()


def test_leaving(models):
    with chat(models.short) as terminal:
        terminal.send("some words\x03")
        assert b"^C" in terminal.wait_for(PROMPT)
        terminal.send("\x03")
        assert "Ctrl-C again" in terminal.wait_for(PROMPT).decode()
        assert "/reset" in terminal.ask("/help")
        terminal.send("\x1b[200~a paste without end\x03")
        terminal.wait_for(PROMPT)
        terminal.send("\x03")
        terminal.wait_for(PROMPT)
        terminal.send("\x03")
        assert terminal.finish()[0] == 0
    with chat(models.short) as terminal:
        terminal.process.send_signal(signal.SIGINT)  # not from the keyboard
        terminal.wait_for(PROMPT)
        terminal.send("\x04")
        assert terminal.finish()[0] == 0


def test_a_terminal_that_goes_away(models):
    with chat(models.short) as terminal:
        os.close(terminal.slave)
        os.close(terminal.master)
        assert terminal.process.wait(SECONDS_TO_STOP) in (0, 128 + signal.SIGHUP, -signal.SIGHUP)
        terminal.master, terminal.slave = os.pipe()


def test_a_terminal_without_control_sequences(models):
    with chat(models.short, "--max-new-tokens", 4, waits=False, environment={"TERM": "dumb"}) as terminal:
        terminal.wait_for(">>> ")
        terminal.send("day one\r")
        assert b"\x1b" not in terminal.wait_for("tokens of context")


def test_suspending(models, monkeypatch):
    """Ctrl-Z gives the terminal back to the shell, and the line that was begun goes on."""
    monkeypatch.setattr(program, "PROGRAM", "bash")
    command = " ".join([os.environ.get("INTELIA_PROGRAM", str(program.ROOT / "build/release/bin/intelia")), "chat", "--model", str(models.short), *ON_CPU])
    shell = PseudoTerminal("--norc", "--noprofile", "-i", environment={"HOME": "/nonexistent", "PS1": "SHELL$ "})
    try:
        shell.wait_for("SHELL$ ")
        shell.send(command + " --max-new-tokens 4\r")
        shell.wait_for(PROMPT)
        shell.send("/tok\x1a")
        shell.wait_for("Stopped")
        shell.wait_for("SHELL$ ")
        shell.send("fg\r")
        shell.wait_for("/tok")
        shell.send("ens\r")
        shell.wait_for("of 256 tokens of context")
        shell.wait_for(PROMPT)
        shell.send("\x04")
        shell.wait_for("SHELL$ ")
    finally:
        shell.close()


def test_commands(models, tmp_path):
    with chat(models.short, "--max-new-tokens", 8, "--system", "Be brief.") as terminal:
        assert "'" + str(models.short) + "'" in terminal.banner.replace("\r\n", "") and "/help" in terminal.banner
        assert "Be brief." in terminal.ask("/system")
        assert "did you mean '/reset'" in terminal.ask("/rest")
        assert "there is no answer to save yet" in terminal.ask("/save x")
        assert "there is no message to remove" in terminal.ask("/undo")
        terminal.ask("day one")
        before = terminal.ask("/tokens")
        terminal.ask("day two")
        assert terminal.ask("/tokens") != before
        terminal.ask("/undo")
        assert terminal.ask("/tokens") == before
        path = tmp_path / "a chat.jsonl"
        assert "1 answer in" in terminal.ask(f'/save "{path}"')
        assert path.stat().st_mode & 0o777 == 0o600
        assert "/save! replaces it" in terminal.ask(f'/save "{path}"')
        terminal.ask("/reset")
        terminal.ask("day three")
        terminal.ask(f'/save! "{path}"')
        record = saved(path)
        assert [message["content"] for message in record["messages"][:2]] == ["Be brief.", "day three"]
        assert "is not a regular file" in terminal.ask(f"/save {tmp_path}")
        assert "cannot write" in terminal.ask(f"/save {tmp_path}/no/folder/x")
        terminal.ask('/system ""')
        assert "no system prompt" in terminal.ask("/system")
        assert "expected one file" in terminal.ask("/save")
        assert "expected nothing after it" in terminal.ask("/reset all")
        # A path, a comment, and a space before it: messages.
        for message in ("/etc/passwd", "// a comment", " /reset"):
            assert "tokens of context" in terminal.ask(message)


def test_a_saved_conversation_trains(models, tmp_path):
    path = tmp_path / "chat.jsonl"
    text = pipe(models.short, b"day one\n", "--max-new-tokens", 60)[1].decode()
    with chat(models.short, "--max-new-tokens", 60, "--stop", re.search("[a-z\ufffd]", text)[0]) as terminal:
        assert "maximum" not in terminal.ask("day one")
        terminal.ask(f"/save {path}")
    assert "weight" not in saved(path)["messages"][1]
    check = program.run("train", "sft", "--check", "--model", models.short, *ON_CPU, "--train", path, "--output", tmp_path / "run")
    assert check.status == 0, check.stderr


def test_other_models(models, tmp_path):
    (tmp_path / "broken").mkdir()
    with chat(models.short, "--max-new-tokens", 8) as terminal:
        terminal.ask("day one")
        before = terminal.ask("/tokens")
        for folder in (tmp_path / "missing", tmp_path / "broken"):
            assert str(folder) in terminal.ask(f"/model {folder}").replace("\r\n", "")
            assert str(models.short) in terminal.ask("/model").replace("\r\n", "")
        assert terminal.ask("/tokens") == before
        assert str(models.endless) in terminal.ask(f"/model {models.endless}").replace("\r\n", "")
        assert "65536" in terminal.ask("/tokens")
        assert "tokens of context" in terminal.ask("day two")
        terminal.ask("/reset")
        terminal.ask("/system Be brief.")
        assert "takes no system prompt: System role not supported" in terminal.ask(f"/model {models.no_system}").replace("\r\n", "")
        terminal.ask('/system ""')
        terminal.ask(f"/model {models.no_system}")
        assert "takes no system prompt" in terminal.ask("/system Be brief.").replace("\r\n", "")
        assert "tokens of context" in terminal.ask("day one")


def test_a_system_prompt_that_the_template_refuses(models):
    status, stdout, stderr = pipe(models.no_system, b"a\n", "--system", "Be brief.")
    assert (status, stdout) == (2, b"") and "--system" in stderr and "System role not supported" in stderr


def test_a_full_context(models):
    with chat(models.short, "--max-new-tokens", 40) as terminal:
        for _ in range(20):
            told = terminal.ask("How warm is the house on this day?")
            if "the context is full" in told:
                break
        else:
            pytest.fail("the context was never full")
        before = terminal.ask("/tokens")
        refused = terminal.ask("How warm is the house on this day, and on all the other days?" * 4).replace("\r\n", "")
        assert "the context is full" in refused and "/reset" in refused
        assert terminal.ask("/tokens") == before
        terminal.ask("/reset")
        assert "tok" in terminal.ask("day one")
    status, _, stderr = pipe(models.short, b"day one\n" + b"How warm is the house? " * 60 + b"\n", "--max-new-tokens", 4)
    assert status == 1 and "stdin:2: the prompt has" in stderr


def test_several_lines(models, tmp_path):
    with chat(models.short, "--max-new-tokens", 4) as terminal:
        for number, (keys, message) in enumerate([
                ("first \\\rsecond\r", "first \nsecond"), ('"""first\rsecond"""\r', "first\nsecond"), ('"""\rfirst\r\rsecond\r"""\r', "first\n\nsecond"),
                ('"""/reset"""\r', "/reset"),
                ("\x1b[200~first\rsecond\x1b[201~ third\r", "first\nsecond third")]):
            terminal.ask("/reset")
            terminal.send(keys)
            terminal.wait_for("tokens of context")
            terminal.wait_for(PROMPT)
            terminal.ask(f"/save {tmp_path}/{number}")
            assert saved(tmp_path / str(number))["messages"][0]["content"] == message


def test_editing_and_history(models, tmp_path):
    with chat(models.short, "--max-new-tokens", 4, home=tmp_path) as terminal:
        terminal.ask("day onn\x7fe")             # backspace
        terminal.ask("dy\x1b[Da\x05 two é\x7fé")   # arrow left, end of line, a character of two bytes
        terminal.ask("\x1b[A\x1b[A")              # the first again
        terminal.ask("/he\t")                     # completion
        terminal.ask(f"/save {tmp_path}/saved")
    assert [message["content"] for message in saved(tmp_path / "saved")["messages"][::2]] == ["day one", "day two é", "day one"]
    history = tmp_path / ".local/state/intelia/chat-history.jsonl"
    assert history.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line) for line in history.read_text().splitlines()] == ["day one", "day two é", "day one", "/help ", f"/save {tmp_path}/saved"]
    size = history.stat().st_size
    with chat(models.short, "--max-new-tokens", 4, "--no-history", home=tmp_path) as terminal:
        terminal.ask("kept nowhere")
    assert history.stat().st_size == size
    with chat(models.short, "--max-new-tokens", 4, home=tmp_path) as terminal:
        assert "Commands:" in terminal.ask("\x1b[A\x1b[A")
    # What cannot be read or written is no error.
    history.write_bytes(b'not json\n"day one"\n\xff\n')
    with chat(models.short, home=tmp_path) as terminal:
        assert "2 lines that cannot be read" in terminal.banner.replace("\r\n", "")
        terminal.send("\x1b[A")
        terminal.wait_for("day one")
    history.unlink()
    os.mkfifo(history)
    with chat(models.short, home=tmp_path) as terminal:
        assert "is not kept" in terminal.banner.replace("\r\n", "")
        assert "tok" in terminal.ask("day one")


def test_invalid_utf8_and_control_characters_that_are_typed(models, tmp_path):
    with chat(models.short, "--max-new-tokens", 4) as terminal:
        terminal.send(b"caf\xc3 \xff one\x00\r")
        terminal.wait_for("tokens of context")
        terminal.wait_for(PROMPT)
        assert "1 answer cut short, or with invalid characters (U+FFFD), has weight 0" in terminal.ask(f"/save {tmp_path}/saved")
        assert "expected one file; a name with spaces stands between double quotes" in terminal.ask("/save a b")
        assert "unknown command '/a\\u{1b}" not in terminal.ask("/help")
        told = terminal.ask("\x1b[200~/model \x1b]0;forged\x07\x1b[201~")
        assert "\x1b]0;" not in told
    question, answer = saved(tmp_path / "saved")["messages"]
    assert question["content"] == "caf\ufffd \ufffd one" and answer["weight"] == 0


def test_forged_control_characters_in_an_answer(models, tmp_path):
    """A tokenizer whose text of every token is a control sequence: a terminal shows it, a file gets it as it is."""
    forged = models.make("forged", 160)
    path = forged / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["decoder"] = {"type": "Sequence", "decoders": [tokenizer["decoder"], {"type": "Replace", "pattern": {"Regex": "[a-z]+"}, "content": "\x1b[2J\u202e"}]}
    path.write_text(json.dumps(tokenizer))
    with chat(forged, "--max-new-tokens", 40, "--tokenizer-rules", "file") as terminal:
        shown = terminal.ask("day one")
        assert "\x1b[2J" not in shown and "\u202e" not in shown and "\\u{1b}[2J\\u{202e}" in shown
    _, stdout, _ = pipe(forged, b"day one\n", "--max-new-tokens", 40, "--tokenizer-rules", "file")
    assert b"\x1b[2J" in stdout


def test_stop_strings_are_not_shown(models):
    _, whole, _ = pipe(models.short, b"day one\n", "--max-new-tokens", 30)
    text = whole.decode()[:-1]
    middle = len(text) // 2
    stop = text[middle:middle + 4]
    _, stopped, _ = pipe(models.short, b"day one\n", "--max-new-tokens", 30, "--stop", stop)
    assert stopped.decode() == text[:text.index(stop)] + "\n"


def test_pipes(models):
    status, stdout, stderr = pipe(models.short, b"day one\n\n/reset\r\nday \xff\n", "--max-new-tokens", 6, "--json")
    assert status == 0, stderr
    summary = json.loads(stderr.splitlines()[-1])
    assert (summary["answers"], summary["skipped_lines"], summary["not_utf8"]) == (3, 1, 1)
    assert "invalid UTF-8 was replaced" in stderr and ">>>" not in stderr + stdout.decode()
    assert pipe(models.short, b"")[:2] == (0, b"")
    status, stdout, stderr = pipe(models.short, b"day one\n", "--quiet", "--max-new-tokens", 1)
    assert status == 0 and "tok/s" not in stderr
    # Nothing to write to is an error, as for other commands; a filter without a temperature has no effect.
    for command in ('chat --model "$1" --device cpu --top-k 5 --min-p 0.1', 'tokenize --model "$1"', "config train sft"):
        done = subprocess.run(["bash", "-c", f'echo day | "$0" {command} >&-', program.PROGRAM, models.short], capture_output=True, text=True,
                              env=program.clean_environment(), timeout=60)
        assert done.returncode == 1 and "cannot write to standard output" in done.stderr, done.stderr
        assert ("warning: --top-k, --min-p have no effect without a temperature" in done.stderr) == ("chat" in command), done.stderr
    # A reader that closes ends it quietly.
    done = subprocess.run(["bash", "-c", 'set -o pipefail; yes day | head -n 50 | "$@" | true', "-", program.PROGRAM, "chat", "--model", models.short,
                           *ON_CPU, "--max-new-tokens", "1", "--quiet"], capture_output=True, env=program.clean_environment(), timeout=60)
    assert b"intelia: chat:" not in done.stderr


def test_signals_in_a_pipe(models):
    for number in (signal.SIGINT, signal.SIGTERM):
        for text in (b"", b"day one\n"):
            process = subprocess.Popen([program.PROGRAM, "chat", "--model", models.endless, *ON_CPU, *ENDLESS],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program.clean_environment())
            process.stdin.write(text)
            process.stdin.flush()
            if text:
                assert process.stdout.read(1)
            else:
                time.sleep(0.5)
            start = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=10)
            assert process.returncode in (128 + number, -number) and time.monotonic() - start < SECONDS_TO_STOP


def test_answers_to_a_file_and_prompts_to_the_terminal(models, tmp_path):
    with open(tmp_path / "answers", "wb") as file, chat(models.short, "--max-new-tokens", 6, stdout=file) as terminal:
        told = terminal.ask("day one")
        assert "tokens of context" in told
    assert (tmp_path / "answers").read_bytes() == pipe(models.short, b"day one\n", "--max-new-tokens", 6)[1]
