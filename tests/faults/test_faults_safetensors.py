"""Row 19 of the fault table (docs/faults.md), weight files: the result of commands for 55 handmade safetensors files, and for inconsistent
NF4 weights. tests/model/safetensors_test.cpp has the same files in C++.

39 files are those that the reference implementation (0.8.0) refuses; of the 16 that it accepts five are refused here: a leading
space, a duplicate name, and three names that no module has. When a check of lib/model/quantized.cpp is removed,
the NF4 folder for that check is read, or refused for another reason.
"""
import json
import shutil
import struct
import subprocess
import sys

import pytest

import program
from tiny import ONE_THREAD


def framed(header, data=b""):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header)) + header + data


EIGHT = b"\1" * 8
FIELDS = '"dtype":"F32","shape":[2],"data_offsets":[0,8]'
BASE = '{"a":{%s}}' % FIELDS


def one(fields, data=EIGHT):
    return framed('{"a":{%s}}' % fields, data)


def shape(text):
    return one('"dtype":"F32","shape":%s,"data_offsets":[0,8]' % text)


def offsets(text, data=EIGHT):
    return one('"dtype":"F32","shape":[2],"data_offsets":%s' % text, data)


def two(first, second, num_bytes):
    return framed('{"a":{"dtype":"F32","shape":[2],"data_offsets":%s},"b":{"dtype":"F32","shape":[2],"data_offsets":%s}}'
                  % (first, second), b"\1" * num_bytes)


def named(name):
    return framed('{"%s":{%s}}' % (name, FIELDS), EIGHT)


REFUSED = {  # name → (the file, text that the message must contain)
    "empty": (b"", "only 0 bytes"),
    "7 bytes": (b"\0" * 7, "only 7 bytes"),
    "N=0": (struct.pack("<Q", 0), "does not start with '{'"),
    "N=1 without body": (struct.pack("<Q", 1), "the file is truncated"),
    "N beyond the file": (struct.pack("<Q", 100) + BASE.encode(), "the file is truncated"),
    "N=2^63": (struct.pack("<Q", 2**63) + BASE.encode(), "above the maximum"),
    "N=2^64-1": (struct.pack("<Q", 2**64 - 1) + BASE.encode(), "above the maximum"),
    "N=100 MB + 1": (struct.pack("<Q", 100_000_001) + BASE.encode(), "above the maximum"),
    "cut JSON": (framed(BASE[:30], EIGHT), "not valid JSON"),
    "bad UTF-8": (framed(b'{"\xff":{' + FIELDS.encode() + b"}}", EIGHT), "not valid JSON"),
    "array": (framed("[]"), "does not start with '{'"),
    "text after the object": (framed("{}x"), "not valid JSON"),
    "extra byte after the data": (framed(BASE, EIGHT + b"x"), "9 bytes of data, but the header describes 8"),
    "data cut": (framed(BASE, EIGHT[:7]), "not inside the 7 bytes"),
    "dtype F33": (one(FIELDS.replace("F32", "F33")), "'F33'"),
    "shape -2": (shape("[-2]"), "-2 is negative"),
    "shape 2.0": (shape("[2.0]"), "not an integer"),
    "shape 2^63 2^63": (shape("[9223372036854775808,9223372036854775808]"), "too large"),
    "shape 2^62 2^62 0": (shape("[4611686018427387904,4611686018427387904,0]"), "overflows"),
    "shape above its offsets": (shape("[3]"), "needs 12 bytes"),
    "offsets backwards": (offsets("[8,0]"), "not inside"),
    "offsets past the end": (offsets("[8,16]"), "not inside"),
    "offset -8": (offsets("[-8,0]"), "-8 is negative"),
    "offset 2^64": (offsets("[0,18446744073709551616]"), "not an integer"),
    "three offsets": (offsets("[0,4,8]"), "more than two"),
    "two tensors on the same bytes": (two("[0,8]", "[0,8]", 8), "the previous tensor ends at 8"),
    "half overlap": (two("[0,8]", "[4,12]", 12), "the previous tensor ends at 8"),
    "hole": (two("[0,8]", "[12,20]", 20), "the previous tensor ends at 8"),
    "a name twice, other offsets": (two("[0,8]", "[8,16]", 16).replace(b'"b"', b'"a"'), "occurs twice"),
    "dtype twice": (one('"dtype":"F32",' + FIELDS), "dtype twice"),
    "no dtype": (one('"shape":[2],"data_offsets":[0,8]'), "no dtype"),
    "no shape": (one('"dtype":"F32","data_offsets":[0,8]'), "no shape"),
    "no offsets": (one('"dtype":"F32","shape":[2]'), "no data_offsets"),
    "metadata holds a number": (framed('{"__metadata__":{"a":1}}'), "not a string"),
    "metadata is a number": (framed('{"__metadata__":1}'), "not an object"),
    "an array nested 200,000 deep": (framed('{"a":' + "[" * 200_000), "not an object"),
    "NaN": (shape("[NaN]"), "not valid JSON"),
    "byte order mark": (framed(b"\xef\xbb\xbf" + BASE.encode(), EIGHT), "does not start with '{'"),
    "F4 with 3 elements": (one('"dtype":"F4","shape":[3],"data_offsets":[0,2]', b"\1\1"), "'F4'"),
    # Accepted by the reference implementation, but not by intelia.
    "leading space": (framed(" " + BASE, EIGHT), "does not start with '{'"),
    "a name twice, same offsets": (two("[0,8]", "[0,8]", 8).replace(b'"b"', b'"a"'), "occurs twice"),
    "a name that is a path": (named("../../etc/passwd"), "tensor name"),
    "an empty name": (named(""), "tensor name"),
    "a name with NUL": (named("a\\u0000b"), "tensor name"),
}
assert len(REFUSED) == 39 + 5


def model_with(tiny, folder, weights):
    shutil.copytree(tiny.model, folder)
    (folder / "model.safetensors").write_bytes(weights)
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_fault_19_safetensors_refused(tiny, tmp_path, name):
    """Exit status 1 with the name of the file and the reason, by commands that read headers and by commands that load weights."""
    weights, words = REFUSED[name]
    model = model_with(tiny, tmp_path / "model", weights)
    for arguments in (["model", "info", "--model", model], tiny.sft(tmp_path / "out", model=model)):
        run = program.run(*arguments)
        assert run.status == 1 and f"{model}/model.safetensors: " in run.stderr and words in run.stderr, run.stderr
        assert "internal error" not in run.stderr, run.stderr
        assert not {chr(code) for code in range(32)} - {"\n"} & set(run.stderr), run.stderr
    assert not (tmp_path / "out/adapter_model.safetensors").exists()


def entry(name, fields):
    return ',"%s":{%s}' % (name, fields)


ACCEPTED = {  # name → (an addition to the header of a valid model, `at` being the end of its data; the data; a warning)
    "base": (lambda at: entry("a", '"dtype":"F32","shape":[2],"data_offsets":[%d,%d]' % (at, at + 8)), EIGHT, None),
    "trailing spaces": (lambda at: "", b"", None),
    "unknown field": (lambda at: entry("a", '"dtype":"F32","note":{"deep":[1,{"x":null}]},"shape":[2],"data_offsets":[%d,%d]'
                                       % (at, at + 8)), EIGHT, "1 unknown field of the header ignored, the first is 'note' of tensor 'a'"),
    "string metadata": (lambda at: ',"__metadata__":{"format":"pt","note":"x"}', b"", None),
    "scalar": (lambda at: entry("a", '"dtype":"F32","shape":[],"data_offsets":[%d,%d]' % (at, at + 4)), EIGHT[:4], None),
    "zero length": (lambda at: entry("a", '"dtype":"F32","shape":[0,5],"data_offsets":[%d,%d]' % (at, at)), b"", None),
    "100,001 dimensions": (lambda at: entry("a", '"dtype":"F32","shape":[1%s],"data_offsets":[%d,%d]'
                                            % (",1" * 100_000, at, at + 4)), EIGHT[:4], None),
    "offset 1 for F32": (lambda at: entry("a", '"dtype":"U8","shape":[1],"data_offsets":[%d,%d]' % (at, at + 1)) +
                         entry("b", '"dtype":"F32","shape":[1],"data_offsets":[%d,%d]' % (at + 1, at + 5)), EIGHT[:5], None),
    "BOOL byte 2": (lambda at: entry("a", '"dtype":"BOOL","shape":[1],"data_offsets":[%d,%d]' % (at, at + 1)), b"\2", None),
    "300,000 empty tensors": (lambda at: "".join(entry(number, '"dtype":"F32","shape":[0],"data_offsets":[%d,%d]' % (at, at))
                                                 for number in range(300_000)), b"", None),
}


def sound_parts(tiny):
    """Header (without metadata and its closing brace) and data of the tiny model."""
    weights = (tiny.model / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", weights[:8])[0]
    header = json.loads(weights[8:8 + size])
    header.pop("__metadata__")
    return json.dumps(header)[:-1], weights[8 + size:]


@pytest.mark.parametrize("name", ACCEPTED)
def test_fault_19_safetensors_accepted(tiny, tmp_path, name):
    """Unusual, but valid: read, with a warning where something was ignored."""
    more, data, warning = ACCEPTED[name]
    header, sound = sound_parts(tiny)
    spaces = "   " if name == "trailing spaces" else ""
    model = model_with(tiny, tmp_path / "model", framed(header + more(len(sound)) + "}" + spaces, sound + data))
    for arguments in (["model", "info", "--model", model], tiny.sft(tmp_path / "out", model=model, steps=1)):
        run = program.run(*arguments)
        assert run.status == 0, run.stderr
        said = "\n".join(line for line in run.stderr.splitlines() if "not part of the model" not in line)
        assert warning in said if warning else "ignored" not in said, run.stderr


def test_fault_19_safetensors_nothing_in_it(tiny, tmp_path):
    """`{}` is a valid file without tensors: the tensors of the model are missing."""
    model = model_with(tiny, tmp_path / "model", framed("{}"))
    run = program.run("model", "info", "--model", model)
    assert run.status == 1 and "no tensor 'model.embed_tokens.weight'" in run.stderr, run.stderr


def test_fault_19_safetensors_memory_of_a_long_header(tiny, tmp_path):
    """A header of 300,000 entries (19 MB) is read in at most three times its size and 32 MiB more than a valid one."""
    header, sound = sound_parts(tiny)
    long_header = header + ACCEPTED["300,000 empty tensors"][0](len(sound)) + "}"
    model = model_with(tiny, tmp_path / "model", framed(long_header, sound))
    script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    peaks = [int(subprocess.run([sys.executable, "-c", script, program.PROGRAM, "model", "info", "--model", folder],
                                stdout=subprocess.PIPE, check=True).stdout) * 1024 for folder in (tiny.model, model)]
    print(peaks, len(long_header))
    assert peaks[1] - peaks[0] < 3 * len(long_header) + (32 << 20), peaks


# NF4 folders. Changes to a valid one: of config.json, or of the tensors.

@pytest.fixture(scope="module")
def stored(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "model"
    run = program.run("model", "quantize", *ONE_THREAD, "--model", tiny.model, "--output", folder)
    assert run.status == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def stored_without_double(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "model"
    run = program.run("model", "quantize", *ONE_THREAD, "--no-double-quant", "--model", tiny.model, "--output", folder)
    assert run.status == 0, run.stderr
    return folder


def quantization(**changes):
    def change(model):
        config = json.loads((model / "config.json").read_text())
        config["quantization_config"].update(changes)
        (model / "config.json").write_text(json.dumps(config))
    return change


def without_quantization(model):
    config = json.loads((model / "config.json").read_text())
    del config["quantization_config"]
    (model / "config.json").write_text(json.dumps(config))


WEIGHT = "model.layers.0.self_attn.q_proj.weight"
STATE = WEIGHT + ".quant_state.bitsandbytes__nf4"
WIDTH = {"U8": 1, "F32": 4, "F16": 2, "BF16": 2, "I8": 1, "I32": 4}


def tensors_of(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (one["dtype"], one["shape"], data[8 + size:][slice(*one["data_offsets"])]) for name, one in header.items()}


def write_tensors(path, tensors):
    header, data = {}, b""
    for name, (kind, size, content) in tensors.items():
        header[name] = {"dtype": kind, "shape": size, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    path.write_bytes(framed(json.dumps(header), data))


def tensors(edit):
    def change(model):
        path = model / "model.safetensors"
        found = tensors_of(path)
        edit(found)
        write_tensors(path, found)
    return change


def without(name):
    return tensors(lambda found: found.pop(name))


def put(name, kind, size, content):
    return tensors(lambda found: found.update({name: (kind, size, content)}))


def content(name, edit):
    def work(found):
        kind, size, data = found[name]
        found[name] = (kind, size, edit(data))
    return tensors(work)


def state(**changes):
    def work(found):
        said = json.loads(found[STATE][2])
        said.update(changes)
        said = {key: value for key, value in said.items() if value != "absent"}
        data = json.dumps(said).encode()
        found[STATE] = ("U8", [len(data)], data)
    return tensors(work)


def raw_state(data):
    return put(STATE, "U8", [len(data)], data)


NAN = struct.pack("<f", float("nan"))
LYING = {  # name → (change, text that the message must contain)
    "8 bits": (quantization(load_in_8bit=True), ["load_in_8bit", "only NF4 of bitsandbytes"]),
    "fp4": (quantization(bnb_4bit_quant_type="fp4"), ["bnb_4bit_quant_type", "fp4", "only NF4 of bitsandbytes"]),
    "type missing": (quantization(bnb_4bit_quant_type=None), ["bnb_4bit_quant_type", "fp4"]),
    "gptq": (quantization(quant_method="gptq"), ["quant_method", "gptq", "only NF4 of bitsandbytes"]),
    "not in 4 bits": (quantization(load_in_4bit=False, _load_in_4bit=False), ["load_in_4bit"]),
    "bfloat16 storage": (quantization(bnb_4bit_quant_storage="bfloat16"), ["bnb_4bit_quant_storage", "uint8"]),
    "compute in int8": (quantization(bnb_4bit_compute_dtype="int8"), ["bnb_4bit_compute_dtype", "int8"]),
    "a flag that is text": (quantization(load_in_4bit="yes"), ["load_in_4bit", "true or false"]),
    "a type that is a number": (quantization(bnb_4bit_quant_type=4), ["bnb_4bit_quant_type", "expected a string"]),
    "modules that are text": (quantization(llm_int8_skip_modules="lm_head"), ["llm_int8_skip_modules", "a list"]),
    "modules that are numbers": (quantization(llm_int8_skip_modules=[1]), ["llm_int8_skip_modules", "names of modules"]),
    "a pattern for modules": (quantization(llm_int8_skip_modules=["(a*)*b", "lm_head"]), ["llm_int8_skip_modules", "(a*)*b"]),
    "a skipped module that is stored": (quantization(llm_int8_skip_modules=["q_proj", "lm_head"]), [WEIGHT, "shape"]),
    "a head that is said to be stored": (quantization(llm_int8_skip_modules=["k_norm"]), ["lm_head.weight", "config.json says"]),
    "no quantization_config": (without_quantization, [WEIGHT, "shape"]),
    "weight missing": (without(WEIGHT), [WEIGHT]),
    "absmax missing": (without(WEIGHT + ".absmax"), [WEIGHT + ".absmax"]),
    "quant_map missing": (without(WEIGHT + ".quant_map"), [WEIGHT + ".quant_map"]),
    "nested_absmax missing": (without(WEIGHT + ".nested_absmax"), [WEIGHT + ".nested_absmax"]),
    "nested_quant_map missing": (without(WEIGHT + ".nested_quant_map"), [WEIGHT + ".nested_quant_map"]),
    "quant_state missing": (without(STATE), [WEIGHT, "quant_state"]),
    "weight of another shape": (tensors(lambda found: found.update({WEIGHT: ("U8", [1, 512], found[WEIGHT][2])})), [WEIGHT, "shape"]),
    "weight too short": (put(WEIGHT, "U8", [511, 1], b"\0" * 511), [WEIGHT, "shape"]),
    "weight of int8": (tensors(lambda found: found.update({WEIGHT: ("I8", *found[WEIGHT][1:])})), [WEIGHT, "I8"]),
    "absmax too long": (put(WEIGHT + ".absmax", "U8", [17], b"\0" * 17), [WEIGHT + ".absmax", "shape"]),
    "absmax of F32 though nested": (put(WEIGHT + ".absmax", "F32", [16], b"\0" * 64), [WEIGHT + ".absmax", "F32"]),
    "nested_absmax NaN": (content(WEIGHT + ".nested_absmax", lambda data: NAN), [WEIGHT + ".nested_absmax", "finite"]),
    "nested_quant_map NaN": (content(WEIGHT + ".nested_quant_map", lambda data: NAN + data[4:]), ["nested_quant_map", "finite"]),
    "nested_quant_map of 255": (put(WEIGHT + ".nested_quant_map", "F32", [255], b"\0" * 1020), ["nested_quant_map", "shape"]),
    "another codebook": (content(WEIGHT + ".quant_map", lambda data: data[4:8] + data[:4] + data[8:]), [WEIGHT + ".quant_map", "codebook"]),
    "a codebook off by one bit": (content(WEIGHT + ".quant_map", lambda data: data[:4] + bytes([data[4] ^ 1]) + data[5:]),
                                  [WEIGHT + ".quant_map", "codebook"]),
    "state: fp4": (state(quant_type="fp4"), [STATE, "quant_type", "fp4"]),
    "state: blocks of 128": (state(blocksize=128), [STATE, "blocksize", "128"]),
    "state: blocks of 0": (state(blocksize=0), [STATE, "blocksize"]),
    "state: another shape": (state(shape=[16, 64]), [STATE, "shape"]),
    "state: a huge shape": (state(shape=[2**62, 2**62]), [STATE, "shape"]),
    "state: no shape": (state(shape="absent"), [STATE, "shape", "missing"]),
    "state: dtype of int8": (state(dtype="int8"), [STATE, "dtype"]),
    "state: nested blocks of 64": (state(nested_blocksize=64), [STATE, "nested_blocksize"]),
    "state: nested in float16": (state(nested_dtype="float16"), [STATE, "nested_dtype"]),
    "state: offset is text": (state(nested_offset="0.1"), [STATE, "nested_offset"]),
    "state: an unknown key": (state(code="import os"), [STATE, "'code'"]),
    "state: not JSON": (raw_state(b"{'quant_type': 'nf4'}"), [STATE, "not valid JSON"]),
    "state: NaN": (raw_state(b'{"quant_type": "nf4", "nested_offset": NaN}'), [STATE, "not valid JSON"]),
    "state: 1e999": (raw_state(b'{"quant_type": "nf4", "blocksize": 1e999}'), [STATE]),
    "state: an array": (raw_state(b"[]"), [STATE, "not a JSON object"]),
    "state: empty": (raw_state(b""), [STATE]),
    "state: nested 10,000 deep": (raw_state(b'{"shape":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), [STATE, "deeper"]),
    "state: 10 MB": (raw_state(b" " * 10_000_000), [STATE, "at most"]),
    "state: of F32": (put(STATE, "F32", [4], b"\0" * 16), [STATE, "F32"]),
    "a norm in bytes": (put("model.norm.weight", "U8", [32], b"\0" * 32), ["model.norm.weight", "U8"]),
}


@pytest.mark.parametrize("name", LYING)
def test_fault_19_stored_nf4(tiny, stored, tmp_path, name):
    """A folder with inconsistent NF4 weights fails with exit status 1 and the name of the key or tensor, before anything is computed."""
    change, words = LYING[name]
    model = tmp_path / "model"
    shutil.copytree(stored, model)
    change(model)
    for arguments in (["model", "info", "--model", model], tiny.sft(tmp_path / "out", model=model)):
        run = program.run(*arguments)
        assert run.status == 1, (run.status, run.stderr)
        for word in words:
            assert word in run.stderr, run.stderr
        assert "internal error" not in run.stderr and len(run.stderr) < 4000, run.stderr


PLAIN_LYING = {
    "absmax infinite": (content(WEIGHT + ".absmax", lambda data: struct.pack("<f", float("inf")) + data[4:]), ["absmax", "finite"]),
    "absmax in bytes": (put(WEIGHT + ".absmax", "U8", [16], b"\0" * 16), [WEIGHT + ".absmax", "U8"]),
    "absmax too short": (put(WEIGHT + ".absmax", "F32", [15], b"\0" * 60), [WEIGHT + ".absmax", "shape"]),
    "an offset without its parts": (state(nested_offset=0.1), [STATE, "nested_blocksize", "missing"]),
}


@pytest.mark.parametrize("name", PLAIN_LYING)
def test_fault_19_stored_nf4_without_double_quantization(stored_without_double, tmp_path, name):
    change, words = PLAIN_LYING[name]
    model = tmp_path / "model"
    shutil.copytree(stored_without_double, model)
    change(model)
    run = program.run("model", "info", "--model", model)
    assert run.status == 1 and all(word in run.stderr for word in words), run.stderr


def test_stored_nf4_is_read(tiny, stored, tmp_path):
    """The unchanged folder is valid: described, trained on and evaluated; but it cannot be fully trained or quantized again."""
    run = program.run("model", "info", "--model", stored)
    assert run.status == 0 and "NF4" in run.stdout, run.stderr
    adapter = tmp_path / "adapter"
    assert program.run(*tiny.sft(adapter, model=stored)).status == 0
    run = program.run(*tiny.eval(tmp_path / "report", "--force", model=stored, adapter=adapter))
    assert run.status in (0, 3, 4), run.stderr
    run = program.run(*tiny.sft(tmp_path / "full", "--method", "full", model=stored))
    assert run.status == 2 and "NF4" in run.stderr and not (tmp_path / "full").exists(), run.stderr
    run = program.run("model", "quantize", "--model", stored, "--output", tmp_path / "again")
    assert run.status == 2 and "already" in run.stderr and not (tmp_path / "again").exists(), run.stderr
