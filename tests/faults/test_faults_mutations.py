"""Row 19 of the fault table (docs/faults.md), weight files and adapter folders with random changes, the same in every run.

Each is read with the values of the reference implementation (safetensors for Python, Python's json), or is an error that names the file
and the cause: never a crash, a hang, unbounded memory, or silently other values. Fails when one of these checks is removed from the
reader: offsets are contiguous, sizes match shapes, the data ends with the last tensor, names are unique, nesting is limited; and when
the data is read with an offset of one byte.
"""
import hashlib
import json
import os
import random
import re
import resource
import shutil
import struct
import subprocess

import pytest
import safetensors

import program
from test_faults_safetensors import framed

BIN = os.path.dirname(program.PROGRAM)
MOST_MEMORY = 2 << 30  # of address space, libtorch not counted
WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
# What the reference implementation accepts and intelia refuses, by message: types and names that no model here has, and ambiguous headers.
STRICTER = ("occurs twice", "is too large", "is not one of F64 F32", "the tensor name")


def probe(name, text, memory=MOST_MEMORY):
    """The output of a probe for `text`; it must end by itself, within this memory limit."""
    done = subprocess.run([os.path.join(BIN, name)], input=text.encode(), capture_output=True, timeout=120,
                          preexec_fn=lambda: memory and resource.setrlimit(resource.RLIMIT_AS, (memory, memory)))
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return done.returncode, lines, done.stderr.decode()


def parts(data):
    size = struct.unpack("<Q", data[:8])[0]
    return data[8:8 + size], data[8 + size:]


# Changes of arbitrary bytes.

def flip(data, chance):
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut_out(data, chance):
    begin = chance.randrange(len(data) + 1)
    return data[:begin] + data[begin + chance.choice((1, 2, 8, len(data))):]


def put_in(data, chance):
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice((b"\0", b"}", b",", b'"', b"\xff", b"\xc3\x28", chance.randbytes(9), b"[" * 70, data[:16])) + data[place:]


# Changes of a JSON text.

NUMBERS = ["0", "1", "-1", "2", "7", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
           "18446744073709551616", "1e3", "2.0", "0.5", "1" + "0" * 30, "1" + "0" * 400, "true", "null", '"8"', "[]", "{}", "NaN", "-0"]


def some(pattern, text, chance):
    found = list(re.finditer(pattern, text))
    return chance.choice(found) if found else None


def with_number(text, chance):
    if not (found := some(rb"(?<![\w\"])\d+", text, chance)):
        return text
    number = int(found.group())
    new = chance.choice([*NUMBERS, str(number + 1), str(number - 1), str(number * 2), str(number // 2), str(number + 2**64)])
    return text[:found.start()] + new.encode() + text[found.end():]


def with_key_twice(text, chance):
    """A field, with its value, a second time; sometimes with another value."""
    if not (found := some(rb'"[^"]*":(\[[^\[\]{}]*\]|\{[^{}]*\}|"[^"]*"|[\w.+-]+)', text, chance)):
        return text
    copy = found.group()
    return text[:found.end()] + b"," + (with_number(copy, chance) if chance.random() < 0.5 else copy) + text[found.end():]


def without_field(text, chance):
    if not (found := some(rb'"[^"]*":(\[[^\[\]{}]*\]|\{[^{}]*\}|"[^"]*"|[\w.+-]+),?', text, chance)):
        return text
    return text[:found.start()] + text[found.end():]


def deeper(text, chance):
    if not (found := some(rb":(\[[^\[\]{}]*\]|\{[^{}]*\}|\d+|\"[^\"]*\")", text, chance)):
        return text
    depth = chance.choice((1, 2, 63, 64, 65, 300, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    unknown = b'"note":' if chance.random() < 0.5 else b""  # in an unknown field, where that may be read
    if unknown:
        return text[:1] + unknown + opening * depth + b"1" + closing * depth + b"," + text[1:]
    return text[:found.start() + 1] + opening * depth + found.group(1) + closing * depth + text[found.end():]


def with_word(text, chance):
    """Another word between quotes: a type, a name, an escape."""
    if not (found := some(rb'"([^"]*)"', text, chance)):
        return text
    words = [*WIDTHS, "F33", "f32", "F8_E4M3", "U32", "", "a", "..", "a/b", "\\u0000", "\\ud800", "\\ud83d\\ude00", "q" * 5000, "__metadata__",
             "format", "\\u0061", "é", "LORA", "CAUSAL_LM", "(a*)*b", "q_proj", "none", "all", "gaussian"]
    return text[:found.start(1)] + chance.choice(words).encode() + text[found.end(1):]


TEXT = (with_number, with_number, with_key_twice, without_field, deeper, with_word, flip, cut_out, put_in)


# Changes of a safetensors file as a whole.

def with_length(data, chance):
    size = struct.unpack("<Q", data[:8])[0]
    lengths = [0, 1, 7, size - 8, size - 1, size + 1, size + 8, len(data), len(data) - 8, 2**31, 2**32 + size, 100_000_000, 100_000_001,
               2**63 - 1, 2**63, 2**63 + size, 2**64 - 1, 2**64 - 8]
    return struct.pack("<Q", chance.choice(lengths)) + data[8:]


def of_header(change):
    def work(data, chance):
        header, body = parts(data)
        return framed(change(header, chance), body)
    return work


def of_data(change):
    def work(data, chance):
        header, body = parts(data)
        return framed(header, change(body, chance))
    return work


def of_places(data, chance):
    """Offsets, shapes or types of two tensors exchanged, moved or made to overlap, in a header that is valid JSON."""
    header, body = parts(data)
    entries = json.loads(header)
    names = [name for name in entries if name != "__metadata__"]
    one, other = entries[chance.choice(names)], entries[chance.choice(names)]
    match chance.randrange(7):
        case 0:
            one["data_offsets"], other["data_offsets"] = other["data_offsets"], one["data_offsets"]
        case 1:
            one["data_offsets"] = list(other["data_offsets"])
        case 2:
            shift = chance.choice((-8, -1, 1, 4, len(body), 2**63))
            one["data_offsets"] = [place + shift for place in one["data_offsets"]]
        case 3:
            one["shape"] = chance.choice((one["shape"][::-1], [*one["shape"], 1], [0, *one["shape"]], one["shape"][1:], [2**32, 2**32]))
        case 4:
            one["dtype"] = chance.choice([*WIDTHS])
        case 5:
            one["dtype"], other["dtype"] = other["dtype"], one["dtype"]
        case 6:
            one["data_offsets"][1] = other["data_offsets"][1]
    return framed(json.dumps(entries), body)


FILE = (with_length, of_places, of_places, of_places, of_data(flip), of_data(cut_out), of_data(put_in), flip,
        *map(of_header, TEXT))


def mutants(data, changes, count, seed):
    """`count` changed copies of `data`, the same in every run."""
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        mutant = data
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            try:
                mutant = chance.choice(changes)(mutant, chance)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, struct.error):
                pass  # nothing is left after an earlier change that this one applies to
        yield mutant


def reference(data):
    """{name: [type, shape, SHA-256]} as the package reads it; None when it refuses."""
    try:
        return {name: [found["dtype"], found["shape"], hashlib.sha256(bytes(found["data"])).hexdigest()]
                for name, found in safetensors.deserialize(data)}
    except Exception:  # its own error, or one of its limits
        return None


def sound_file():
    """Tensors of every type, a scalar and an empty one among them, in the order of their names."""
    chance, entries, body = random.Random(0), {}, b""
    for number, (kind, width) in enumerate(WIDTHS.items()):
        size = ([], [3], [2, 4], [0, 5], [1, 1, 6])[number % 5]
        count = 1
        for dimension in size:
            count *= dimension
        data = bytes(chance.randrange(2) for _ in range(count)) if kind == "BOOL" else chance.randbytes(count * width)
        entries[f"model.layers.{number}.weight"] = {"dtype": kind, "shape": size, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    return framed(json.dumps({"__metadata__": {"format": "pt", "note": "é"}, **entries}, separators=(",", ":")), body)


def check_words(words, path):
    assert str(path) in words and "internal error" not in words and len(words) < 2000 + 3 * len(str(path)), words
    assert not {chr(code) for code in range(32)} - {"\n"} & set(words), words


def test_fault_19_mutated_safetensors(tmp_path):
    """2,000 files: read with the values of the reference implementation, or refused; everything that it refuses is refused."""
    sound = sound_file()
    assert reference(sound) is not None
    paths, read, stricter = [], 0, 0
    for number, mutant in enumerate([sound, *mutants(sound, FILE, 2000, "file")]):
        paths.append(tmp_path / f"{number}.safetensors")
        paths[-1].write_bytes(mutant)
    status, verdicts, said = probe("safetensors_probe", "".join(f"{path}\n" for path in paths))
    assert status == 0 and len(verdicts) == len(paths), f"{paths[min(len(verdicts), len(paths) - 1)]} ended it with {status}: {said}"
    for path, verdict in zip(paths, verdicts):
        expected = reference(path.read_bytes())
        if "tensors" in verdict:
            assert verdict["tensors"] == expected, path
            read += 1
            continue
        check_words(verdict["error"], path)
        assert verdict["status"] == 1, (path, verdict)
        if expected is not None:
            assert any(words in verdict["error"] for words in STRICTER), (path, verdict["error"])
            stricter += 1
    print(f"{read} read, {stricter} refused that the reference reads, {len(paths) - read - stricter} refused by both")
    assert read > 200 and stricter < 100


def test_fault_19_mutated_model(tiny, tmp_path):
    """`model info` on a folder with changed weights: exit status 0, or 1 with a message, and 1 where the file itself is refused."""
    model = tmp_path / "model"
    shutil.copytree(tiny.model, model)
    weights = model / "model.safetensors"
    sound = weights.read_bytes()
    statuses = []
    for mutant in mutants(sound, FILE, 60, "model"):
        weights.write_bytes(mutant)
        run = program.run("model", "info", "--model", model, timeout_seconds=30)
        assert run.status in (0, 1), (run.status, run.stderr)
        if run.status == 1:
            assert str(model) in run.stderr and "internal error" not in run.stderr and len(run.stderr) < 4000, run.stderr
            assert not {chr(code) for code in range(32)} - {"\n"} & set(run.stderr), run.stderr
        else:
            expected = reference(mutant)
            assert expected is not None
            assert {name: found[:2] for name, found in expected.items()}.items() >= {
                name: found[:2] for name, found in reference(sound).items()}.items()
        statuses.append(run.status)
    assert {0, 1} == set(statuses)


KNOWN = ("base_model_name_or_path", "peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "target_modules", "bias", "fan_in_fan_out",
         "use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform", "layers_pattern",
         "exclude_modules", "init_lora_weights", "inference_mode")


def rewritten(folder, place):
    """The same adapter as read by Python's json and the reference implementation, rewritten; None when one of them refuses."""
    try:
        config = json.loads((folder / "adapter_config.json").read_bytes().decode(), parse_constant=lambda name: 1 / 0)
        assert isinstance(config, dict)
        found = safetensors.deserialize((folder / "adapter_model.safetensors").read_bytes())
    except Exception:
        return None
    place.mkdir()
    (place / "adapter_config.json").write_text(json.dumps({key: config[key] for key in KNOWN if key in config}))
    header, body = {}, b""
    for name, one in sorted(found):
        header[name] = {"dtype": one["dtype"], "shape": one["shape"], "data_offsets": [len(body), len(body) + len(one["data"])]}
        body += bytes(one["data"])
    (place / "adapter_model.safetensors").write_bytes(framed(json.dumps(header), body))
    return place


def test_fault_19_mutated_adapter(tiny, tmp_path):
    """240 adapter folders on one model: the logits of the same adapter rewritten by the reference, or a refusal; some by `train sft`, too."""
    sound = tmp_path / "sound"
    shutil.copytree(tiny.adapter(), sound)
    said = json.loads((sound / "adapter_config.json").read_text()) | {"base_model_name_or_path": "models/base"}  # no path of this run
    config = json.dumps(said, separators=(",", ":")).encode()
    weights = (sound / "adapter_model.safetensors").read_bytes()
    mutated = [(new, weights) for new in mutants(config, TEXT, 120, "config")] + [(config, new) for new in mutants(weights, FILE, 120, "weights")]
    folders, anew = [sound], [rewritten(sound, tmp_path / "sound-anew")]
    for number, (new_config, new_weights) in enumerate(mutated):
        folder = tmp_path / f"adapter-{number}"
        folder.mkdir()
        (folder / "adapter_config.json").write_bytes(new_config)
        (folder / "adapter_model.safetensors").write_bytes(new_weights)
        folders.append(folder)
        anew.append(rewritten(folder, tmp_path / f"adapter-{number}-anew"))
    asked = [*folders, *(folder for folder in anew if folder)]
    status, answers, said = probe("engine_probe", json.dumps({"do": "adapters", "model": str(tiny.model), "method": "lora", "ids": [5, 9, 200, 31, 7],
                                                              "folders": list(map(str, asked))}), memory=None)
    assert status == 0, (status, said[-2000:])
    verdict_of = dict(zip(asked, answers[0]["verdicts"]))
    read, refused = [], []
    for folder, again in zip(folders, anew):
        verdict = verdict_of[folder]
        if "logits" in verdict:
            assert again and verdict == verdict_of[again], (folder, verdict, again and verdict_of[again])
            read.append(folder)
        else:
            check_words(verdict["error"], folder)
            assert verdict["status"] == 1, (folder, verdict)
            refused.append(folder)
    print(f"{len(read)} read, {len(refused)} refused")
    assert len(read) > 40 and len(refused) > 100 and sound in read
    for folder in (*read[1::40], *refused[::40]):
        run = program.run(*tiny.sft(tmp_path / "out", "--adapter", folder, "--force", steps=1))
        assert run.status == (0 if folder in read else 1) and "internal error" not in run.stderr, (folder, run.status, run.stderr)
