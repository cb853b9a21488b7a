"""NF4 of nf4_probe against bitsandbytes 0.50.2 on the CPU with one torch thread: every stored byte, every weight."""

import os
import pathlib
import struct
import subprocess

import numpy as np
import pytest

torch = pytest.importorskip("torch")
bitsandbytes = pytest.importorskip("bitsandbytes")
functional = pytest.importorskip("bitsandbytes.functional")

torch.set_num_threads(1)
PROBE = pathlib.Path(os.environ["INTELIA_BUILD"]) / "bin" / "nf4_probe"

# Dettmers et al. 2023, QLoRA, appendix E.
PUBLISHED_CODEBOOK = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]


def probe(what, num=0, *arrays):
    data = b"" if what == "tables" else struct.pack("<q", num) + b"".join(array.tobytes() for array in arrays)
    return subprocess.run([PROBE, what], input=data, stdout=subprocess.PIPE, check=True).stdout


def split(data, *parts):
    arrays = []
    for kind, num in parts:
        arrays.append(np.frombuffer(data, kind, num))
        data = data[arrays[-1].nbytes:]
    assert data == b""
    return arrays


def peer_quantize(weight):
    packed, absmax = torch.ops.bitsandbytes.quantize_4bit(torch.from_numpy(weight), 64, "nf4", torch.uint8)
    return packed.flatten().numpy(), absmax.numpy()


def weights():
    random = np.random.default_rng(8)
    for num in [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 64 * 256, 64 * 257 + 5, 300_001]:
        yield f"normal {num}", random.standard_normal(num).astype(np.float32) * np.float32(0.02)
    yield "zeros", np.zeros(64 * 3, np.float32)
    yield "zeros, short block", np.zeros(70, np.float32)
    yield "one zero block between others", np.concatenate([np.ones(64), np.zeros(64), -np.ones(64)]).astype(np.float32)
    yield "minus zero", np.full(64, -0.0, np.float32)
    yield "subnormal", random.standard_normal(256).astype(np.float32) * np.float32(1e-42)
    yield "below the least scale", np.full(100, 5e-39, np.float32)
    yield "large", random.standard_normal(200).astype(np.float32) * np.float32(1e38)
    yield "constant", np.full(64 * 4 + 3, 0.37, np.float32)
    yield "bf16", torch.randn(4096, generator=torch.Generator().manual_seed(3)).bfloat16().float().numpy()
    # Every threshold, and its adjacent floats, with an absmax of 1 and of 3.
    book = np.array(PUBLISHED_CODEBOOK, np.float32)
    middle = (book[1:] + book[:-1]) / np.float32(2)
    above, below = np.nextafter(middle, np.float32(2)), np.nextafter(middle, np.float32(-2))
    edges = np.concatenate([middle, above, below, book, [1]]).astype(np.float32)
    for scale in [1.0, 3.0, 0.7]:
        padded = np.concatenate([edges, np.zeros(128 - len(edges))]).astype(np.float32)
        yield f"thresholds x {scale}", padded * np.float32(scale)
    yield "thresholds, short block", edges[-30:].copy()
    infinite = random.standard_normal(192).astype(np.float32)
    infinite[70] = np.inf
    yield "infinite", infinite
    broken = random.standard_normal(192).astype(np.float32)
    broken[70] = np.nan
    yield "NaN", broken


WEIGHTS = dict(weights())


def same_bits(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    is_nan = np.isnan(theirs) if theirs.dtype == np.float32 else np.zeros(theirs.shape, bool)
    if is_nan.any():
        assert np.isnan(ours[is_nan]).all()
    view = np.uint32 if theirs.dtype == np.float32 else theirs.dtype
    differing = np.flatnonzero((ours.view(view) != theirs.view(view)) & ~is_nan)
    assert differing.size == 0, f"{differing.size} of {ours.size} differ, first at {differing[:5]}: " \
                                f"{ours[differing[:5]]} against {theirs[differing[:5]]}"


def test_tables_are_the_peers_and_the_published_ones():
    codebook, dynamic = split(probe("tables"), (np.float32, 16), (np.float32, 256))
    same_bits(codebook, np.array(PUBLISHED_CODEBOOK, np.float32))
    same_bits(codebook, functional.get_4bit_type("nf4", device="cpu").numpy())
    same_bits(dynamic, functional.create_dynamic_map().numpy())


@pytest.mark.parametrize("name", WEIGHTS)
def test_codes_and_scales(name):
    weight = WEIGHTS[name]
    packed, absmax = split(probe("quantize", len(weight), weight), (np.uint8, (len(weight) + 1) // 2),
                           (np.float32, -(-len(weight) // 64)))
    their_packed, their_absmax = peer_quantize(weight)
    same_bits(absmax, their_absmax)
    same_bits(packed, their_packed)


def absmax_lists():
    random = np.random.default_rng(9)
    for num in [1, 2, 255, 256, 257, 512, 4096, 262_144]:
        yield f"normal {num}", (np.abs(random.standard_normal(num)) * 0.02 + 0.03).astype(np.float32)
    yield "constant", np.full(300, 0.25, np.float32)
    yield "zeros", np.zeros(300, np.float32)
    yield "one outlier", np.concatenate([np.full(255, 0.01), [40.0]]).astype(np.float32)
    yield "tiny", (random.random(600) * 1e-38).astype(np.float32)


ABSMAX = dict(absmax_lists())


@pytest.mark.parametrize("name", ABSMAX)
def test_nested_codes_and_scales(name):
    absmax = ABSMAX[name]
    num = len(absmax)
    offset = torch.from_numpy(absmax).mean()
    codes, nested, restored = split(probe("quantize_absmax", num, offset.numpy(), absmax), (np.uint8, num),
                                    (np.float32, -(-num // 256)), (np.float32, num))
    their_codes, state = functional.quantize_blockwise(torch.from_numpy(absmax) - offset, blocksize=256)
    same_bits(nested, state.absmax.numpy())
    same_bits(codes, their_codes.numpy())
    same_bits(restored, (functional.dequantize_blockwise(their_codes, state) + offset).numpy())


@pytest.mark.parametrize("name", [name for name in WEIGHTS if name not in ("infinite", "NaN")])
def test_weights(name):
    weight = WEIGHTS[name]
    num = len(weight)
    packed, absmax = peer_quantize(weight)
    values, rounded = split(probe("dequantize", num, absmax, packed), (np.float32, num), (np.uint16, num))
    book = torch.tensor(PUBLISHED_CODEBOOK)
    codes = np.stack([packed >> 4, packed & 15], 1).flatten()[:num]
    product = book[torch.from_numpy(codes).long()] * torch.from_numpy(absmax).repeat_interleave(64)[:num]
    same_bits(values, product.numpy())
    same_bits(rounded, product.bfloat16().view(torch.uint16).numpy())
    theirs = torch.ops.bitsandbytes.dequantize_4bit(torch.from_numpy(packed)[:, None], torch.from_numpy(absmax), 64,
                                                    "nf4", (num,), torch.float32)
    assert np.array_equal(values, theirs.flatten().numpy())  # as numbers: the AVX-512 path of bitsandbytes loses signs of zero


def test_whole_double_quantization_of_a_linear_layer():
    weight = torch.randn(512, 1408, generator=torch.Generator().manual_seed(5)) * 0.02
    packed, state = functional.quantize_4bit(weight, blocksize=64, compress_statistics=True, quant_type="nf4")
    num, num_blocks = weight.numel(), weight.numel() // 64
    ours, absmax = split(probe("quantize", num, weight.numpy()), (np.uint8, num // 2), (np.float32, num_blocks))
    same_bits(ours, packed.flatten().numpy())
    codes, nested, restored = split(probe("quantize_absmax", num_blocks, state.offset.numpy(), absmax),
                                    (np.uint8, num_blocks), (np.float32, num_blocks // 256), (np.float32, num_blocks))
    same_bits(codes, state.absmax.numpy())
    same_bits(nested, state.state2.absmax.numpy())
    values, _ = split(probe("dequantize", num, restored, ours), (np.float32, num), (np.uint16, num))
    assert np.array_equal(values, functional.dequantize_4bit(packed, state).flatten().numpy())
