// The safetensors format (https://github.com/huggingface/safetensors, version 0.8): validated headers, memory-mapped
// data, single files and sharded folders; writing in a fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace intelia {

enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

std::size_t bytes_per_element(TensorType type);
const char* tensor_type_name(TensorType type);  // "BF16"

struct TensorView {
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  const std::byte* data = nullptr;  // not necessarily aligned; valid as long as the file object
  std::size_t size_bytes = 0;
};

/** One file. Throws Error{input} "FILE: what is wrong" for a malformed header or truncated data. */
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  /** Moves the views out; they are valid as long as this object. */
  std::map<std::string, TensorView> take_tensors() { return std::move(tensors_); }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /** A warning about ignored parts of the header; empty if there are none. */
  const std::string& oddity() const { return oddity_; }

 private:
  MappedFile file_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
  std::string oddity_;
};

/**
 * All tensors of a model folder: model.safetensors, or the shards of model.safetensors.index.json (plain names inside
 * the folder only; links to the outside, pickles (.bin, .pt) and missing shards are errors).
 */
class ModelWeights {
 public:
  explicit ModelWeights(const std::filesystem::path& folder);
  /** nullptr when there is no such tensor. */
  const TensorView* find(const std::string& name) const;
  /** Throws Error{input} when absent or of another shape. */
  const TensorView& at(const std::string& name, const std::vector<std::int64_t>& shape) const;
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  /** Gives the existing tensor `from` the name `to`, which no tensor has. */
  void rename(const std::string& from, const std::string& to);
  /** The files read, for manifests. */
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /** The warnings of the files. */
  std::vector<std::string> oddities() const;

 private:
  std::vector<std::unique_ptr<SafetensorsFile>> shards_;
  std::vector<std::filesystem::path> files_;
  std::map<std::string, TensorView> tensors_;
};

struct TensorToWrite {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  /** Writes exactly the bytes of the tensor, in any number of calls of `write`. */
  std::function<void(const std::function<void(const void* bytes, std::size_t num_bytes)>& write)> produce;
};

/** Writes `tensors` in the given order with metadata {"format":"pt"}, header padded to 8 bytes. Not yet committed. */
AtomicFile write_safetensors(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors);

/** "model.safetensors", or "model-00001-of-00003.safetensors" for the first (0) of three. */
std::string weight_file_name(std::size_t number, std::size_t num_files);

/** model.safetensors.index.json: the file of each tensor. Closed, not yet committed. */
AtomicFile write_weight_index(const std::filesystem::path& folder,
                              const std::vector<std::pair<std::string, std::string>>& file_of,
                              std::uint64_t total_bytes);

/** Releases the pages of `view` to the system; otherwise they count as memory in use. */
void release_pages(const TensorView& view);

/** fp32 values of a view (f32, f16, bf16). Throws Error{input} for other types. */
std::vector<float> to_float32(const TensorView& view, const std::string& name);

float bf16_to_float(std::uint16_t bits);
std::uint16_t float_to_bf16(float value);  // round to nearest even
float f16_to_float(std::uint16_t bits);
std::uint16_t float_to_f16(float value);  // round to nearest even

}  // namespace intelia
