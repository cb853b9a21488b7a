#include "model/gguf.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

GgufTensor tensor_of(const std::string& name, std::vector<std::int64_t> shape, std::vector<float> values) {
  return {name, GgufType::f32, std::move(shape),
          [values = std::move(values)](const auto& write) { write(values.data(), values.size() * sizeof(float)); }};
}

}  // namespace

TEST_CASE("a GGUF file has its counts, keys and aligned tensors, with reversed shapes") {
  const TemporaryFolder folder;
  GgufKeys keys;
  keys.add_text("general.architecture", "llama");
  keys.add_u32("llama.block_count", 3);
  AtomicFile file =
      write_gguf(folder / "a.gguf", keys, {tensor_of("a", {2, 3}, {1, 2, 3, 4, 5, 6}), tensor_of("b", {1}, {7})});
  file.commit();
  const std::string bytes = read_file(folder / "a.gguf");
  CHECK(bytes.substr(0, 4) == "GGUF");
  CHECK(number_at<std::uint32_t>(bytes, 4) == 3);
  CHECK(number_at<std::uint64_t>(bytes, 8) == 2);   // tensors
  CHECK(number_at<std::uint64_t>(bytes, 16) == 2);  // keys
  const std::size_t shape = bytes.find(std::string("\1\0\0\0\0\0\0\0a\2\0\0\0", 13)) + 13;
  CHECK(number_at<std::uint64_t>(bytes, shape) == 3);
  CHECK(number_at<std::uint64_t>(bytes, shape + 8) == 2);
  // Each tensor begins at a multiple of 32 bytes.
  CHECK(bytes.size() % 32 == 0);
  CHECK(number_at<float>(bytes, bytes.size() - 64) == 1);
  CHECK(number_at<float>(bytes, bytes.size() - 32) == 7);
}

TEST_CASE("a key occurs once, and a tensor has its size") {
  GgufKeys keys;
  keys.add_flag("a", true);
  CHECK_THROWS_AS(keys.add_flag("a", false), Error);
  CHECK_THROWS_AS(keys.add_u32("b", std::uint64_t{1} << 32), Error);
  const TemporaryFolder folder;
  CHECK_THROWS_AS(write_gguf(folder / "a.gguf", {}, {tensor_of("a", {2}, {1, 2, 3})}), Error);
}

TEST_CASE("numbers that a type does not have are reported") {
  std::vector<float> values(256, 1.0f);
  std::vector<std::uint8_t> out(1024);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const GgufType type : {GgufType::f16, GgufType::q8_0, GgufType::q4_0, GgufType::q4_k, GgufType::q6_k}) {
    CHECK(encode_gguf(type, values.data(), 256, out.data()));
    for (const float bad : {infinity, -infinity, std::nanf("")}) {
      values[200] = bad;
      CHECK_FALSE(encode_gguf(type, values.data(), 256, out.data()));
    }
    values[200] = 1;
  }
  values[200] = 65504;
  CHECK(encode_gguf(GgufType::f16, values.data(), 256, out.data()));
  values[200] = 65520;
  CHECK_FALSE(encode_gguf(GgufType::f16, values.data(), 256, out.data()));
  CHECK(encode_gguf(GgufType::bf16, values.data(), 256, out.data()));
}

TEST_CASE("a block of q8_0 has the scale of its largest number, rounded half away from zero") {
  std::vector<float> values(32, 0.0f);
  values[0] = -127;
  values[1] = 2.5f;
  values[2] = -2.5f;
  values[3] = 0.49f;
  std::uint8_t out[34];
  CHECK(encode_gguf(GgufType::q8_0, values.data(), 32, out));
  CHECK(out[0] == 0x00);  // 1.0 as a half
  CHECK(out[1] == 0x3C);
  const auto code = [&](int i) { return static_cast<std::int8_t>(out[2 + i]); };
  CHECK(code(0) == -127);
  CHECK(code(1) == 3);
  CHECK(code(2) == -3);
  CHECK(code(3) == 0);
}

TEST_CASE("a block of zeros is one of zeros in every type") {
  const std::vector<float> values(256, 0.0f);
  for (const GgufType type : {GgufType::q4_0, GgufType::q5_0, GgufType::q5_1, GgufType::q8_0, GgufType::q4_k,
                              GgufType::q5_k, GgufType::q6_k}) {
    std::vector<std::uint8_t> out(gguf_row_bytes(type, 256), 0xFF);
    CHECK(encode_gguf(type, values.data(), 256, out.data()));
    CHECK(number_at<std::uint16_t>(std::string(out.begin(), out.end()), type == GgufType::q6_k ? 208 : 0) % 0x8000 ==
          0);
  }
}
