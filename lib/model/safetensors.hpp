// The safetensors format (https://github.com/huggingface/safetensors, format text of 0.8): headers checked before
// anything is believed, data by mmap; single files and sharded folders; writing in a fixed order.
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
  const std::byte* data = nullptr;  // not necessarily aligned; valid while the file lives
  std::size_t size_bytes = 0;
};

/** One file. Throws Error{input} "FILE: what is wrong" for every malformed header or cut data. */
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  /** The same, none of them left here; the views live as long as this file. */
  std::map<std::string, TensorView> take_tensors() { return std::move(tensors_); }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /** What of the header was passed over, as one sentence for a warning; empty when nothing was. */
  const std::string& oddity() const { return oddity_; }

 private:
  MappedFile file_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
  std::string oddity_;
};

/**
 * All tensors of a model folder: model.safetensors, or the shards of model.safetensors.index.json (plain names inside
 * the folder only; links that lead outside, pickles (.bin, .pt) and missing shards are refused by name).
 */
class ModelWeights {
 public:
  explicit ModelWeights(const std::filesystem::path& folder);
  /** nullptr when there is no such tensor. */
  const TensorView* find(const std::string& name) const;
  /** Throws Error{input} when absent or of another shape. */
  const TensorView& at(const std::string& name, const std::vector<std::int64_t>& shape) const;
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  /** The files read, for manifests. */
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /** The files' oddities, for warnings. */
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
  /** Appends exactly the tensor's bytes, in as many calls of `write` as it likes. */
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

/** Gives the pages of `view`, which the caller is done with, back to the system: they would count as memory in use. */
void release_pages(const TensorView& view);

/** fp32 values of a view (f32, f16, bf16). Throws Error{input} for other types. */
std::vector<float> to_float32(const TensorView& view, const std::string& name);

float bf16_to_float(std::uint16_t bits);
std::uint16_t float_to_bf16(float value);  // round to nearest even
float f16_to_float(std::uint16_t bits);
std::uint16_t float_to_f16(float value);  // round to nearest even

}  // namespace intelia
