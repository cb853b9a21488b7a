// See gguf.hpp; the format is described in docs/gguf.md of ggml.
#include "model/gguf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "kernels/gguf_blocks.hpp"
#include "model/safetensors.hpp"

namespace intelia {

namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kAlignment = 32;  // general.alignment, whose default it is

// Types of keys.
constexpr std::uint32_t kU32 = 4, kI32 = 5, kF32 = 6, kFlag = 7, kText = 8, kList = 9;

struct TypeTraits {
  GgufType type;
  const char* name;
  std::int64_t block_elements;
  std::uint64_t block_bytes;
  void (*quantize)(const float* x, std::int64_t n, std::uint8_t* out);
};
constexpr TypeTraits kTypes[] = {
    {GgufType::f32, "f32", 1, 4, nullptr},
    {GgufType::f16, "f16", 1, 2, nullptr},
    {GgufType::bf16, "bf16", 1, 2, nullptr},
    {GgufType::q4_0, "q4_0", gguf::kBlock, 18, gguf::quantize_q4_0},
    {GgufType::q5_0, "q5_0", gguf::kBlock, 22, gguf::quantize_q5_0},
    {GgufType::q5_1, "q5_1", gguf::kBlock, 24, gguf::quantize_q5_1},
    {GgufType::q8_0, "q8_0", gguf::kBlock, 34, gguf::quantize_q8_0},
    {GgufType::q4_k, "q4_k", gguf::kSuperBlock, 144, gguf::quantize_q4_k},
    {GgufType::q5_k, "q5_k", gguf::kSuperBlock, 176, gguf::quantize_q5_k},
    {GgufType::q6_k, "q6_k", gguf::kSuperBlock, 210, gguf::quantize_q6_k},
};

const TypeTraits& traits_of(GgufType type) {
  for (const TypeTraits& traits : kTypes)
    if (traits.type == type) return traits;
  throw Error(Kind::internal, fmt::format("[gguf] unknown type {}", static_cast<std::uint32_t>(type)));
}

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_text(std::string& bytes, std::string_view text) {
  append(bytes, std::uint64_t{text.size()});
  bytes += text;
}

std::uint64_t aligned(std::uint64_t position) { return (position + kAlignment - 1) / kAlignment * kAlignment; }

/** Whether no value has an exponent of all ones: neither NaN nor infinity. */
bool are_finite(const float* values, std::int64_t n) {
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += values[i] - values[i];  // 0, or NaN
  return sum == 0;
}

}  // namespace

const char* gguf_type_name(GgufType type) { return traits_of(type).name; }

std::int64_t gguf_block_elements(GgufType type) { return traits_of(type).block_elements; }

std::uint64_t gguf_row_bytes(GgufType type, std::int64_t num_elements) {
  const TypeTraits& traits = traits_of(type);
  return static_cast<std::uint64_t>(num_elements / traits.block_elements) * traits.block_bytes;
}

bool encode_gguf(GgufType type, const float* values, std::int64_t n, std::uint8_t* out) {
  const auto store = [&](auto convert) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::uint16_t bits = convert(values[i]);
      std::memcpy(out + 2 * i, &bits, 2);
    }
  };
  switch (type) {
    case GgufType::f32:
      std::memcpy(out, values, static_cast<std::size_t>(n) * 4);
      return true;
    case GgufType::bf16:
      store(float_to_bf16);
      return true;
    case GgufType::f16: {
      store(float_to_f16);
      float largest = 0;
      for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(values[i]));
      return largest < 65520 && are_finite(values, n);
    }
    default:
      if (!are_finite(values, n)) return false;
      traits_of(type).quantize(values, n, out);
      return true;
  }
}

void GgufKeys::begin(const std::string& key, std::uint32_t type) {
  if (contains(key)) throw Error(Kind::internal, "[gguf] the key '" + key + "' occurs twice");
  names_.push_back(key);
  append_text(bytes_, key);
  append(bytes_, type);
}

void GgufKeys::add_u32(const std::string& key, std::uint64_t value) {
  begin(key, kU32);
  append(bytes_, checked_cast<std::uint32_t>(value, key.c_str()));
}

void GgufKeys::add_i32(const std::string& key, std::int64_t value) {
  begin(key, kI32);
  append(bytes_, checked_cast<std::int32_t>(value, key.c_str()));
}

void GgufKeys::add_f32(const std::string& key, double value) {
  begin(key, kF32);
  append(bytes_, static_cast<float>(value));
}

void GgufKeys::add_flag(const std::string& key, bool value) {
  begin(key, kFlag);
  append(bytes_, static_cast<std::uint8_t>(value));
}

void GgufKeys::add_text(const std::string& key, std::string_view value) {
  begin(key, kText);
  append_text(bytes_, value);
}

void GgufKeys::add_texts(const std::string& key, const std::vector<std::string>& values) {
  begin(key, kList);
  append(bytes_, kText);
  append(bytes_, std::uint64_t{values.size()});
  for (const std::string& value : values) append_text(bytes_, value);
}

void GgufKeys::add_f32s(const std::string& key, const std::vector<float>& values) {
  begin(key, kList);
  append(bytes_, kF32);
  append(bytes_, std::uint64_t{values.size()});
  for (const float value : values) append(bytes_, value);
}

void GgufKeys::add_i32s(const std::string& key, const std::vector<std::int32_t>& values) {
  begin(key, kList);
  append(bytes_, kI32);
  append(bytes_, std::uint64_t{values.size()});
  for (const std::int32_t value : values) append(bytes_, value);
}

bool GgufKeys::contains(const std::string& key) const {
  return std::find(names_.begin(), names_.end(), key) != names_.end();
}

std::uint64_t GgufTensor::num_bytes() const {
  std::int64_t rows = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  return static_cast<std::uint64_t>(rows) * gguf_row_bytes(type, shape.back());
}

std::uint64_t gguf_bytes(const GgufKeys& keys, const std::vector<GgufTensor>& tensors) {
  std::uint64_t total = 64 + keys.bytes().size();
  for (const GgufTensor& tensor : tensors) total += 64 + tensor.name.size() + aligned(tensor.num_bytes());
  return total;
}

AtomicFile write_gguf(const std::filesystem::path& path, const GgufKeys& keys, const std::vector<GgufTensor>& tensors) {
  std::string head = "GGUF";
  append(head, kVersion);
  append(head, std::uint64_t{tensors.size()});
  append(head, std::uint64_t{keys.size()});
  head += keys.bytes();
  std::uint64_t position = 0;
  for (const GgufTensor& tensor : tensors) {
    append_text(head, tensor.name);
    append(head, static_cast<std::uint32_t>(tensor.shape.size()));
    for (std::size_t i = tensor.shape.size(); i-- > 0;) append(head, static_cast<std::uint64_t>(tensor.shape[i]));
    append(head, static_cast<std::uint32_t>(tensor.type));
    append(head, position);
    position += aligned(tensor.num_bytes());
  }
  head.resize(aligned(head.size()), '\0');

  AtomicFile file(path);
  file.write(head);
  for (const GgufTensor& tensor : tensors) {
    const std::uint64_t start = file.num_bytes();
    tensor.produce([&file](const void* bytes, std::size_t num_bytes) { file.write(bytes, num_bytes); });
    const std::uint64_t written = file.num_bytes() - start;
    if (written != tensor.num_bytes())
      throw Error(Kind::internal, fmt::format("{}: tensor '{}' wrote {} bytes instead of {}", path.string(),
                                              tensor.name, written, tensor.num_bytes()));
    file.write(std::string(aligned(written) - written, '\0'));
  }
  return file;
}

}  // namespace intelia
