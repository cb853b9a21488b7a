// The container format GGUF (version 3, of llama.cpp): types of tensors, typed keys, and files written tensor by
// tensor. It does not know which keys and tensors a model has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"

namespace intelia {

/** Types of tensors, with their numbers in the file. */
enum class GgufType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  bf16 = 30,
};

const char* gguf_type_name(GgufType type);  // "q4_k"
/** Elements of a block; a row consists of whole blocks. */
std::int64_t gguf_block_elements(GgufType type);
std::uint64_t gguf_row_bytes(GgufType type, std::int64_t num_elements);

/** Encodes `n` elements, a multiple of the block. Returns whether every one could be: quantized types and f16 have no
    NaN and no infinity, nor has f16 numbers above 65504. */
bool encode_gguf(GgufType type, const float* values, std::int64_t n, std::uint8_t* out);

/** The keys of a file in order. */
class GgufKeys {
 public:
  void add_u32(const std::string& key, std::uint64_t value);
  void add_i32(const std::string& key, std::int64_t value);
  void add_f32(const std::string& key, double value);
  void add_flag(const std::string& key, bool value);
  void add_text(const std::string& key, std::string_view value);
  void add_texts(const std::string& key, const std::vector<std::string>& values);
  void add_f32s(const std::string& key, const std::vector<float>& values);
  void add_i32s(const std::string& key, const std::vector<std::int32_t>& values);
  bool contains(const std::string& key) const;
  std::size_t size() const { return names_.size(); }
  const std::string& bytes() const { return bytes_; }

 private:
  void begin(const std::string& key, std::uint32_t type);
  std::vector<std::string> names_;
  std::string bytes_;
};

struct GgufTensor {
  std::string name;
  GgufType type = GgufType::f32;
  std::vector<std::int64_t> shape;  // of rows: [out, in], as in safetensors; the file has it reversed
  /** Writes exactly the bytes of the tensor, in any number of calls of `write`. */
  std::function<void(const std::function<void(const void* bytes, std::size_t num_bytes)>& write)> produce;
  std::uint64_t num_bytes() const;
};

/** The size of the file, to within a few bytes a tensor. */
std::uint64_t gguf_bytes(const GgufKeys& keys, const std::vector<GgufTensor>& tensors);

/** Writes `tensors` in the given order, each aligned to 32 bytes. Not yet committed. */
AtomicFile write_gguf(const std::filesystem::path& path, const GgufKeys& keys, const std::vector<GgufTensor>& tensors);

}  // namespace intelia
