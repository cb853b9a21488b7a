// Runs one function of nf4.hpp on standard input and writes its results to standard output, as raw little-endian
// arrays, for test_nf4.py to compare with bitsandbytes. Inputs are [int64 n][arrays…].
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "kernels/nf4.hpp"

namespace {

namespace nf4 = intelia::nf4;

std::vector<char> input;
std::size_t position = 0;

template <class T>
std::vector<T> take(std::int64_t num) {
  std::vector<T> values(static_cast<std::size_t>(num));
  if (num > 0) std::memcpy(values.data(), input.data() + position, values.size() * sizeof(T));
  position += values.size() * sizeof(T);
  return values;
}

template <class T>
void give(const T* values, std::int64_t num) {
  std::fwrite(values, sizeof(T), static_cast<std::size_t>(num), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "tables") {
    give(nf4::kCodebook, 16);
    give(nf4::dynamic_map(), 256);
    return 0;
  }
  char buffer[65536];
  for (std::size_t num; (num = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
    input.insert(input.end(), buffer, buffer + num);
  }
  const std::int64_t n = take<std::int64_t>(1)[0];
  if (what == "quantize") {
    const std::vector<float> weight = take<float>(n);
    std::vector<std::uint8_t> packed(nf4::num_packed_bytes(n));
    std::vector<float> absmax(nf4::num_blocks(n));
    nf4::quantize(weight.data(), n, packed.data(), absmax.data());
    give(packed.data(), nf4::num_packed_bytes(n));
    give(absmax.data(), nf4::num_blocks(n));
  } else if (what == "quantize_absmax") {
    const std::int64_t num_nested = (n + nf4::kNestedBlock - 1) / nf4::kNestedBlock;
    const float offset = take<float>(1)[0];
    const std::vector<float> absmax = take<float>(n);
    std::vector<std::uint8_t> codes(n);
    std::vector<float> nested(num_nested), restored(n);
    nf4::quantize_absmax(absmax.data(), n, offset, codes.data(), nested.data());
    nf4::dequantize_absmax(codes.data(), nested.data(), nf4::dynamic_map(), offset, n, restored.data());
    give(codes.data(), n);
    give(nested.data(), num_nested);
    give(restored.data(), n);
  } else if (what == "dequantize") {
    const std::vector<float> absmax = take<float>(nf4::num_blocks(n));
    const std::vector<std::uint8_t> packed = take<std::uint8_t>(nf4::num_packed_bytes(n));
    std::vector<float> weight(n);
    std::vector<std::uint16_t> rounded(n);
    nf4::dequantize(packed.data(), absmax.data(), n, weight.data());
    nf4::dequantize_bf16(packed.data(), absmax.data(), n, rounded.data());
    give(weight.data(), n);
    give(rounded.data(), n);
  } else {
    std::fprintf(stderr, "nf4_probe tables|quantize|quantize_absmax|dequantize\n");
    return 2;
  }
  return 0;
}
