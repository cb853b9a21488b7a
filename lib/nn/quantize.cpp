// A safetensors header states the size of every tensor, and wide types come before bytes. So each weight is quantized
// twice, and nothing large is kept in between: first for its offset (whose text has no fixed size; without double
// quantization for its scales), then for its codes.
#include "nn/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/nf4.hpp"
#include "model/model_folder.hpp"
#include "nn/operations/nf4.hpp"
#include "nn/weights.hpp"

namespace intelia::nn {

namespace {

constexpr std::size_t kChunkBytes = 16 << 20;

using Write = std::function<void(const void* bytes, std::size_t num_bytes)>;

void write_all(const Tensor& tensor, const Write& write) { write(tensor.const_data_ptr(), tensor.nbytes()); }

/** A dense tensor or a part of a quantized one, and the index of its file. */
struct Item {
  TensorToWrite tensor;
  std::uint64_t num_bytes = 0;
  std::size_t file = 0;
};

class Quantizer {
 public:
  Quantizer(const ModelWeights& weights, const ModelConfig& config, bool is_nested, Sinks sinks)
      : weights_(weights), tensors_(model_tensors(config)), is_nested_(is_nested), sinks_(sinks) {
    for (const TensorShape& tensor : tensors_) total_ += is_quantizable(tensor.name) ? 2 : 1;
  }

  /** All tensors to write, in the model's order, in files of at most `max_bytes` (or of one larger tensor). */
  std::vector<Item> items(std::uint64_t max_bytes) {
    std::vector<Item> all;
    std::uint64_t file_bytes = 0;
    std::size_t file = 0;
    for (const TensorShape& tensor : tensors_) {
      std::vector<Item> parts = is_quantizable(tensor.name) ? quantized_parts(tensor) : dense(tensor);
      std::uint64_t num_bytes = 0;
      for (const Item& part : parts) num_bytes += part.num_bytes;
      if (file_bytes > 0 && file_bytes + num_bytes > max_bytes) {
        ++file;
        file_bytes = 0;
      }
      file_bytes += num_bytes;
      for (Item& part : parts) {
        part.file = file;
        all.push_back(std::move(part));
      }
    }
    return all;
  }

 private:
  static Item item(std::string name, TensorType type, std::vector<std::int64_t> shape,
                   std::function<void(const Write&)> produce) {
    std::uint64_t num_bytes = bytes_per_element(type);
    for (const std::int64_t size : shape) num_bytes *= static_cast<std::uint64_t>(size);
    return {{std::move(name), type, std::move(shape), std::move(produce)}, num_bytes};
  }

  std::vector<Item> dense(const TensorShape& tensor) {
    const TensorView* view = &weights_.at(tensor.name, tensor.shape);
    return {item(tensor.name, view->type, tensor.shape, [this, view](const Write& write) {
      advance();
      for (std::size_t begin = 0; begin < view->size_bytes; begin += kChunkBytes) {
        const TensorView chunk{view->type, {}, view->data + begin, std::min(kChunkBytes, view->size_bytes - begin)};
        write(chunk.data, chunk.size_bytes);
        release_pages(chunk);
      }
    })};
  }

  std::vector<Item> quantized_parts(const TensorShape& tensor) {
    const std::string& name = tensor.name;
    const TensorType source = weights_.at(name, tensor.shape).type;
    const std::int64_t n = tensor.shape[0] * tensor.shape[1];
    const auto quantized = [this, &tensor]() -> const Nf4Weight& { return quantize_tensor(tensor); };
    std::vector<Item> parts;
    parts.push_back(item(name, TensorType::u8, {nf4::num_packed_bytes(n), 1},
                         [quantized](const Write& write) { write_all(quantized().codes, write); }));
    parts.push_back(item(name + kQuantMapSuffix, TensorType::f32, {16},
                         [](const Write& write) { write(nf4::kCodebook, sizeof nf4::kCodebook); }));
    std::optional<float> offset;
    if (is_nested_) {
      offset = quantized().offset;
      const Tensor nested = quantized().nested_absmax;
      parts.push_back(item(name + kAbsmaxSuffix, TensorType::u8, {nf4::num_blocks(n)},
                           [quantized](const Write& write) { write_all(quantized().absmax_codes, write); }));
      parts.push_back(item(name + kNestedAbsmaxSuffix, TensorType::f32, {nf4::num_nested_blocks(n)},
                           [nested](const Write& write) { write_all(nested, write); }));
      parts.push_back(item(name + kNestedMapSuffix, TensorType::f32, {256},
                           [](const Write& write) { write(nf4::dynamic_map(), 256 * sizeof(float)); }));
    } else {
      parts.push_back(item(name + kAbsmaxSuffix, TensorType::f32, {nf4::num_blocks(n)},
                           [quantized](const Write& write) { write_all(quantized().absmax, write); }));
    }
    const std::string state = quant_state_text(source == TensorType::f32    ? "float32"
                                               : source == TensorType::bf16 ? "bfloat16"
                                                                            : "float16",
                                               tensor.shape, offset);
    parts.push_back(item(name + kStateSuffix, TensorType::u8, {static_cast<std::int64_t>(state.size())},
                         [state](const Write& write) { write(state.data(), state.size()); }));
    return parts;
  }

  /** `tensor` in NF4. The last one is cached, because its parts are written one after the other. */
  const Nf4Weight& quantize_tensor(const TensorShape& tensor) {
    if (last_name_ == tensor.name) return last_;
    last_name_.clear();
    last_ = {};
    advance();
    const TensorView& view = weights_.at(tensor.name, tensor.shape);
    last_ = quantize_nf4(to_tensor(view, tensor.name).to(at::kFloat), is_nested_);
    release_pages(view);
    const bool is_sound = is_nested_ ? std::isfinite(last_.offset) : last_.absmax.isfinite().all().item<bool>();
    if (!is_sound)
      throw Error(Kind::input,
                  fmt::format("tensor '{}' contains NaN, an infinity or numbers too large to be scaled", tensor.name));
    last_name_ = tensor.name;
    return last_;
  }

  void advance() {
    sinks_.stop.check("quantizing the weights");
    sinks_.progress.update({"tensor", ++done_, total_, "quantizing"});
  }

  const ModelWeights& weights_;
  const std::vector<TensorShape> tensors_;
  const bool is_nested_;
  Sinks sinks_;
  std::int64_t total_ = 0, done_ = 0;
  std::string last_name_;
  Nf4Weight last_;
};

}  // namespace

std::vector<AtomicFile> quantize(const QuantizeSettings& settings, Sinks sinks) {
  check_quantizable(read_model_config(settings.model), settings.model);
  const ModelFolder folder = open_model_folder(settings.model);
  if (settings.threads > 0) at::set_num_threads(settings.threads);
  Quantizer quantizer(folder.weights, folder.config, settings.uses_double_quantization, sinks);
  std::vector<Item> items = quantizer.items(settings.max_file_bytes);

  std::vector<AtomicFile> files;
  std::vector<std::pair<std::string, std::string>> file_of;
  std::uint64_t total_bytes = 0;
  const std::size_t num_files = items.back().file + 1;
  for (std::size_t file = 0; file < num_files; ++file) {
    const std::string name = weight_file_name(file, num_files);
    std::vector<TensorToWrite> tensors;
    for (Item& item : items) {
      if (item.file != file) continue;
      total_bytes += item.num_bytes;
      file_of.emplace_back(item.tensor.name, name);
      tensors.push_back(std::move(item.tensor));
    }
    // The order of the safetensors library, in which every tensor is aligned to its element size.
    std::sort(tensors.begin(), tensors.end(), [](const TensorToWrite& a, const TensorToWrite& b) {
      const std::size_t wide_a = bytes_per_element(a.type), wide_b = bytes_per_element(b.type);
      return wide_a != wide_b ? wide_a > wide_b : a.name < b.name;
    });
    files.push_back(write_safetensors(settings.output / name, tensors));
    files.back().close();
  }
  if (num_files > 1) files.push_back(write_weight_index(settings.output, file_of, total_bytes));
  sinks.progress.finish();
  return files;
}

}  // namespace intelia::nn
