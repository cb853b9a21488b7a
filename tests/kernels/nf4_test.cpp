// NF4 against published values and hand-computed cases; parity_nf4 compares every stored byte with bitsandbytes.
#include "kernels/nf4.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels/nf4_cuda.hpp"

using namespace intelia;

namespace {

std::vector<float> some_weights(std::int64_t n) {
  std::vector<float> weight(n);
  std::uint32_t state = 12345;
  for (float& value : weight) {
    state = state * 1664525u + 1013904223u;
    value = (static_cast<float>(state >> 8) / 8388608.0f - 1.0f) * 0.05f;
  }
  return weight;
}

int code_at(const std::vector<std::uint8_t>& packed, std::int64_t i) {
  return i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15;
}

}  // namespace

TEST_CASE("the code changes just above each published threshold") {
  // dQuantizeNF4 of bitsandbytes' kernels.cu; printed there with 9 digits, so approached from both sides by 2e-7.
  const std::array<float, 15> published = {
      -0.8480964004993439f,  -0.6106329262256622f,   -0.4599952697753906f, -0.33967943489551544f, -0.23460740596055984f,
      -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f, 0.1202552504837513f,   0.2035212516784668f,
      0.2920137718319893f,   0.3893125355243683f,    0.5016634166240692f,  0.6427869200706482f,   0.8614784181118011f};
  for (int i = 0; i < 15; ++i) {
    std::vector<float> weight(64, 0.0f);
    weight[0] = 1;
    weight[1] = published[i] - 2e-7f;
    weight[2] = published[i] + 2e-7f;
    std::vector<std::uint8_t> packed(32);
    float absmax = 0;
    nf4::quantize(weight.data(), 64, packed.data(), &absmax);
    CHECK(absmax == 1);
    CHECK(code_at(packed, 0) == 15);
    CHECK(code_at(packed, 1) == i);
    CHECK(code_at(packed, 2) == i + 1);
  }
}

TEST_CASE("a value exactly on a threshold takes the lower code") {
  std::vector<float> weight(64, 0.0f);
  weight[0] = 1;
  weight[1] = (nf4::kCodebook[14] + nf4::kCodebook[15]) / 2;
  std::vector<std::uint8_t> packed(32);
  float absmax = 0;
  nf4::quantize(weight.data(), 64, packed.data(), &absmax);
  CHECK(code_at(packed, 1) == 14);
}

TEST_CASE("the even weight is in the high half; a missing odd one counts as zero") {
  const std::vector<float> weight = {-1, 1, 1};
  std::vector<std::uint8_t> packed(2);
  float absmax = 0;
  nf4::quantize(weight.data(), 3, packed.data(), &absmax);
  CHECK(packed[0] == 0x0F);
  CHECK(packed[1] == 0xF7);
}

TEST_CASE("zero blocks give zeros") {
  const std::vector<float> weight(70, 0.0f);
  std::vector<std::uint8_t> packed(35);
  std::vector<float> absmax(2), back(70, 1.0f);
  nf4::quantize(weight.data(), 70, packed.data(), absmax.data());
  CHECK(packed == std::vector<std::uint8_t>(35, 0x77));
  CHECK(absmax[0] == 0);
  nf4::dequantize(packed.data(), absmax.data(), 70, back.data());
  CHECK(back == weight);
}

TEST_CASE("the dynamic map has its published values") {
  const float* map = nf4::dynamic_map();
  CHECK(map[0] == -0.99296875f);
  CHECK(map[127] == 0);
  CHECK(map[128] == doctest::Approx(5.5e-7));
  CHECK(map[254] == 0.99296875f);
  CHECK(map[255] == 1);
  // float.hex() of create_dynamic_map()[i] of bitsandbytes 0.50.2, at entries whose last bit is easily missed.
  CHECK(map[18] == -0x1.7accccp-1f);
  CHECK(map[83] == -0x1.71eb86p-5f);
  CHECK(map[102] == -0x1.9fbe76p-8f);
  CHECK(map[137] == 0x1.8fc506p-12f);
  CHECK(map[196] == 0x1.6b3334p-3f);
  for (int i = 1; i < 256; ++i) CHECK(map[i - 1] < map[i]);
}

TEST_CASE("the module of CUDA kernels loads, or the reason is returned") {
  std::string reason;
  const nf4::CudaKernels* kernels = nf4::cuda_kernels(reason);
  CHECK((kernels == nullptr) == !reason.empty());
}

TEST_CASE("every code of every position comes back as codebook times absmax, in fp32 and rounded to bf16") {
  // Whole blocks and a short one: both the vector path and the scalar tail. The scales: ordinary, huge, subnormal, and
  // two exactly between two bf16 numbers.
  const std::int64_t n = 64 * 5 + 37;
  const std::vector<float> absmax = {0.0123f, 3.0e38f, 1e-41f, 1.0f + 0x1p-8f, 1.0f + 0x3p-8f, 0.77f};
  std::vector<std::uint8_t> packed(nf4::num_packed_bytes(n));
  for (std::size_t i = 0; i < packed.size(); ++i) packed[i] = static_cast<std::uint8_t>(i * 37 + 11);
  std::vector<float> weight(n);
  std::vector<std::uint16_t> rounded(n);
  nf4::dequantize(packed.data(), absmax.data(), n, weight.data());
  nf4::dequantize_bf16(packed.data(), absmax.data(), n, rounded.data());
  for (std::int64_t i = 0; i < n; ++i) {
    const float expected = nf4::kCodebook[code_at(packed, i)] * absmax[i / 64];
    CHECK(std::memcmp(&weight[i], &expected, 4) == 0);
    // The two bf16 neighbours of `expected`; the nearer one, the even one of a tie.
    std::uint32_t bits;
    std::memcpy(&bits, &expected, 4);
    const std::uint32_t below = bits & 0xFFFF0000u, rest = bits & 0xFFFFu;
    const bool goes_up = rest > 0x8000u || (rest == 0x8000u && (below >> 16) % 2 == 1);
    CHECK(rounded[i] == (below >> 16) + (goes_up ? 1 : 0));
  }
}

TEST_CASE("an infinite scale keeps NaN a NaN in bf16") {
  const std::vector<std::uint8_t> packed(32, 0x70);
  const float absmax = std::numeric_limits<float>::infinity();
  std::vector<std::uint16_t> rounded(64);
  nf4::dequantize_bf16(packed.data(), &absmax, 64, rounded.data());
  CHECK(rounded[0] == 0x7FC0);  // the one NaN that torch rounds to
  CHECK(rounded[1] == 0xFF80);
}

TEST_CASE("double quantization approximates the scales, block by block") {
  const std::int64_t num = 600;
  std::vector<float> absmax(num), nested(3), back(num);
  for (std::int64_t i = 0; i < num; ++i)
    absmax[i] = 0.02f + 0.01f * static_cast<float>(i % 7) / 7.0f + static_cast<float>(i / 256);
  std::vector<std::uint8_t> codes(num);
  nf4::quantize_absmax(absmax.data(), num, 0.5f, codes.data(), nested.data());
  nf4::dequantize_absmax(codes.data(), nested.data(), nf4::dynamic_map(), 0.5f, num, back.data());
  for (std::int64_t block = 0; block < 3; ++block) {
    float largest = 0;
    for (std::int64_t i = block * 256; i < std::min<std::int64_t>(num, block * 256 + 256); ++i) {
      largest = std::max(largest, std::fabs(absmax[i] - 0.5f));
      // The map's widest step is 1/64 of the largest.
      CHECK(std::fabs(back[i] - absmax[i]) <= nested[block] / 64);
    }
    CHECK(nested[block] == largest);
  }
}

TEST_CASE("dequantized weights are within half the widest step of the codebook") {
  for (std::int64_t n : {1, 2, 31, 32, 33, 63, 64, 65, 4095, 4096, 4097}) {
    const std::vector<float> weight = some_weights(n);
    std::vector<std::uint8_t> packed(nf4::num_packed_bytes(n));
    std::vector<float> absmax(nf4::num_blocks(n)), back(n);
    nf4::quantize(weight.data(), n, packed.data(), absmax.data());
    nf4::dequantize(packed.data(), absmax.data(), n, back.data());
    for (std::int64_t i = 0; i < n; ++i) CHECK(std::fabs(back[i] - weight[i]) <= 0.1521f * absmax[i / 64]);
  }
}

TEST_CASE("dequantization speed" * doctest::skip()) {
  // Run manually with --no-skip: prints the rate and asserts nothing.
  const std::int64_t n = 1 << 24;
  const std::vector<std::uint8_t> packed(n / 2, 0x5A);
  const std::vector<float> absmax(n / 64, 0.02f);
  std::vector<std::uint16_t> rounded(n);
  nf4::dequantize_bf16(packed.data(), absmax.data(), n, rounded.data());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) nf4::dequantize_bf16(packed.data(), absmax.data(), n, rounded.data());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  MESSAGE("bf16: ", 10.0 * n / seconds.count() / 1e9, " G weights/s");
  CHECK(rounded[0] != 0);
}
