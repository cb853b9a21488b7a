"""llama.cpp as a peer: its converters (from the sources of llama-cpp-python), the `gguf` package that reads files, and
xllamacpp, which runs them."""
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import numpy as np

CONVERTERS = pathlib.Path(sys.prefix) / "llama.cpp"


# Answers each job, a JSON object per line, with a line; imported once, as that takes seconds.
WORKER = """
import json, logging, pathlib, sys, traceback
sys.path.insert(0, sys.argv[1])
import torch
from conversion import ModelBase, ModelType, get_model_architecture, get_model_class
from conversion.base import TextModel
import gguf
logging.disable(logging.WARNING)
KINDS = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0"}
recognized = TextModel.get_vocab_base_pre
for line in sys.stdin:
    job = json.loads(line)
    try:
        # Told the name of the pre-tokenizer, which it would recognize by a hash of the vocabulary.
        TextModel.get_vocab_base_pre = recognized if job["pre"] is None else lambda self, tokenizer: job["pre"]
        folder = pathlib.Path(job["folder"])
        parameters = ModelBase.load_hparams(folder, False)
        model = get_model_class(get_model_architecture(parameters, ModelType.TEXT))
        with torch.inference_mode():
            model(folder, gguf.LlamaFileType[KINDS[job["outtype"]]], pathlib.Path(job["file"])).write()
        answer = ""
    except Exception:
        answer = traceback.format_exc()
    print("ANSWER " + json.dumps(answer), flush=True)
"""


class Converter:
    """convert_hf_to_gguf.py, in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-c", WORKER, str(CONVERTERS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})

    def __call__(self, folder, file, outtype, pre=None):
        self.process.stdin.write(json.dumps({"folder": str(folder), "file": str(file), "outtype": outtype, "pre": pre}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("ANSWER "):
                answer = json.loads(line[7:])
                assert answer == "", answer
                return file
        raise AssertionError("the converter ended")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def convert_adapter(adapter, base, file, outtype="f32"):
    done = subprocess.run([sys.executable, str(CONVERTERS / "convert_lora_to_gguf.py"), str(adapter), "--base", str(base), "--outtype",
                           outtype, "--outfile", str(file)], capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return file


def read(path):
    """(keys by name, tensors by name: type name, shape, bytes) of a GGUF file, read by the gguf package."""
    from gguf import GGUFReader

    reader = GGUFReader(path)
    keys = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    types = {name: tuple(int(kind) for kind in field.types) for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    tensors = {tensor.name: (tensor.tensor_type.name, tuple(int(size) for size in tensor.shape), tensor.data)
               for tensor in reader.tensors}
    return keys, types, tensors


def dequantized(tensor):
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize

    kind, shape, data = tensor
    return dequantize(data, GGMLQuantizationType[kind]).reshape(tuple(reversed(shape)))


def quantized_by_llama_cpp(values, kind):
    """The bytes that llama.cpp's own quantizer gives for rows of fp32 numbers."""
    import xllamacpp
    from gguf import GGMLQuantizationType
    from gguf.quants import quant_shape_to_byte_shape

    library = ctypes.CDLL(str(next(pathlib.Path(xllamacpp.__file__).parent.glob("xllamacpp*.so"))))
    quantize = library.ggml_quantize_chunk
    quantize.restype = ctypes.c_size_t
    quantize.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
                         ctypes.c_void_p]
    values = np.ascontiguousarray(values, dtype=np.float32)
    number = GGMLQuantizationType[kind]
    out = np.zeros(quant_shape_to_byte_shape(values.shape, number), dtype=np.uint8)
    size = quantize(int(number), values.ctypes.data, out.ctypes.data, 0, values.shape[0], values.shape[1], None)
    assert size == out.nbytes
    return out


# Prints its address, and ends with its standard input; xllamacpp's own way to end a server may wait forever.
SERVER = """
import os, sys
import xllamacpp
path, adapter, context = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = path
params.n_ctx = int(context)
params.n_batch = params.n_ubatch = 64
params.n_parallel = 1
params.warmup = False
params.verbosity = -1
params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.port = 0
if adapter:
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(adapter, 1.0)]
server = xllamacpp.Server(params)
print("ADDRESS " + server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
"""


class Server:
    """A real llama.cpp on a GGUF file, with an fp32 key/value cache, in a process of its own."""

    def __init__(self, path, adapter=None, context=256):
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, str(path), str(adapter or ""), str(context)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = (line for line in self.process.stdout if line.startswith("ADDRESS "))
        self.address = next(lines, "ADDRESS ").removeprefix("ADDRESS ").strip()
        assert self.address, f"llama.cpp does not load {path}"

    def __del__(self):
        self.process.kill()
        self.process.communicate()

    def ask(self, path, body):
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def tokenize(self, text, adds_special=False, parses_special=False):
        return self.ask("/tokenize", {"content": text, "add_special": adds_special, "parse_special": parses_special})["tokens"]

    def template(self, messages):
        return self.ask("/apply-template", {"messages": messages})["prompt"]

    def next(self, ids, top=8):
        """The most probable id after `ids`, and {id: log-probability} of the first few. Of a token that is a part of a
        character llama.cpp does not tell the probabilities: {}."""
        answer = self.ask("/completion", {"prompt": ids, "n_predict": 1, "temperature": 0, "n_probs": top, "return_tokens": True,
                                          "cache_prompt": False, "ignore_eos": True, "repeat_penalty": 1.0})
        logprobs = {entry["id"]: entry["logprob"] for step in answer.get("completion_probabilities", []) for entry in step["top_logprobs"]}
        return answer["tokens"][0], logprobs
