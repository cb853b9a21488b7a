#include "model/weight_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include "base/error.hpp"
#include "kernels/nf4.hpp"
#include "model/quantized.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

constexpr const char* kHead = "lm_head.weight";
constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr std::string_view kWeight = ".weight";

/** A weight in NF4, read from a folder or quantized here. */
struct Nf4Values {
  const std::uint8_t* codes = nullptr;         // of a file; else own_codes
  const std::uint8_t* absmax_codes = nullptr;  // of a file; else own_absmax_codes, or the scales are own_absmax
  std::vector<std::uint8_t> own_codes, own_absmax_codes;
  std::vector<float> own_absmax, own_nested, own_map;
  float offset = 0;
};

std::vector<float> copied_floats(const TensorView& view) {
  std::vector<float> values(view.size_bytes / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), view.data, view.size_bytes);
  return values;
}

Nf4Values stored_values(const QuantizedView& view) {
  Nf4Values values;
  values.codes = reinterpret_cast<const std::uint8_t*>(view.codes.data);
  if (!view.is_nested) {
    values.own_absmax = copied_floats(view.absmax);
    return values;
  }
  values.absmax_codes = reinterpret_cast<const std::uint8_t*>(view.absmax.data);
  values.own_nested = copied_floats(view.nested_absmax);
  values.own_map = copied_floats(view.nested_map);
  values.offset = view.offset;
  return values;
}

/** `weight` in NF4 with double quantization. The mean of the scales is exact to fp32, where torch's may differ in the
    last bit. */
Nf4Values quantized_values(const std::vector<float>& weight) {
  const auto n = static_cast<std::int64_t>(weight.size());
  Nf4Values values;
  values.own_codes.resize(static_cast<std::size_t>(nf4::num_packed_bytes(n)));
  std::vector<float> absmax(static_cast<std::size_t>(nf4::num_blocks(n)));
  nf4::quantize(weight.data(), n, values.own_codes.data(), absmax.data());
  const double sum = std::accumulate(absmax.begin(), absmax.end(), 0.0);
  values.offset = static_cast<float>(sum / static_cast<double>(absmax.size()));
  values.own_absmax_codes.resize(absmax.size());
  values.own_nested.resize(static_cast<std::size_t>(nf4::num_nested_blocks(n)));
  nf4::quantize_absmax(absmax.data(), nf4::num_blocks(n), values.offset, values.own_absmax_codes.data(),
                       values.own_nested.data());
  values.own_map.assign(nf4::dynamic_map(), nf4::dynamic_map() + 256);
  return values;
}

/** Elements [begin, begin + num) of a weight of `total`. */
void dequantize_range(const Nf4Values& values, std::int64_t begin, std::int64_t num, std::int64_t total, float* out) {
  // Whole blocks of scales, so that every pointer below begins one.
  constexpr std::int64_t kStride = nf4::kBlock * nf4::kNestedBlock;
  const std::int64_t start = begin / kStride * kStride;
  const std::int64_t end = std::min(total, (begin + num + nf4::kBlock - 1) / nf4::kBlock * nf4::kBlock);
  const std::int64_t first_block = start / nf4::kBlock, num_blocks = nf4::num_blocks(end - start);
  std::vector<float> scales(static_cast<std::size_t>(num_blocks));
  const std::uint8_t* absmax_codes =
      values.own_absmax_codes.empty() ? values.absmax_codes : values.own_absmax_codes.data();
  if (absmax_codes != nullptr)
    nf4::dequantize_absmax(absmax_codes + first_block, values.own_nested.data() + first_block / nf4::kNestedBlock,
                           values.own_map.data(), values.offset, num_blocks, scales.data());
  else
    std::copy_n(values.own_absmax.data() + first_block, num_blocks, scales.data());
  const std::uint8_t* codes = values.own_codes.empty() ? values.codes : values.own_codes.data();
  std::vector<float> block(static_cast<std::size_t>(end - start));
  nf4::dequantize(codes + start / 2, scales.data(), end - start, block.data());
  std::copy_n(block.data() + (begin - start), num, out);
}

void convert(const TensorView& view, std::int64_t begin, std::int64_t num, float* out) {
  const std::byte* from = view.data + static_cast<std::size_t>(begin) * bytes_per_element(view.type);
  const auto each = [&](auto value_of) {
    for (std::int64_t i = 0; i < num; ++i) {
      std::uint16_t bits;
      std::memcpy(&bits, from + 2 * i, 2);
      out[i] = value_of(bits);
    }
  };
  if (view.type == TensorType::f32)
    std::memcpy(out, from, static_cast<std::size_t>(num) * 4);
  else if (view.type == TensorType::bf16)
    each(bf16_to_float);
  else
    each(f16_to_float);
}

}  // namespace

/** The tensor being read. */
struct WeightRows::Open {
  std::string name;
  std::int64_t rows = 1, columns = 0;
  const TensorView* dense = nullptr;
  std::optional<Nf4Values> nf4;
  const LoraView* lora = nullptr;
  std::vector<float> a, b, magnitude;
};

WeightRows::WeightRows(const ModelFolder& folder, const AdapterWeights* adapter, MergeBase base)
    : folder_(folder),
      adapter_(adapter),
      base_(base),
      config_(adapter != nullptr ? adapter->merged_config(folder.config) : folder.config) {
  if (config_.quantization) {
    Json document = *config_.document;
    document.erase("quantization_config");
    config_.document = std::make_shared<const Json>(std::move(document));
    config_.quantization.reset();
  }
  tensors_ = model_tensors(config_);
}

TensorType WeightRows::stored_type(const TensorShape& tensor) const {
  const TensorView* view = folder_.weights.find(
      tensor.name == kHead && folder_.weights.find(kHead) == nullptr ? std::string(kEmbedding) : tensor.name);
  if (view != nullptr && view->type != TensorType::u8) return view->type;
  return folder_.config.dtype == "float32"   ? TensorType::f32
         : folder_.config.dtype == "float16" ? TensorType::f16
                                             : TensorType::bf16;
}

void WeightRows::open(const TensorShape& tensor) {
  if (open_ && open_->dense != nullptr) release_pages(*open_->dense);
  open_ = std::make_shared<Open>();
  Open& open = *open_;
  open.columns = tensor.shape.back();
  if (tensor.shape.size() > 1) open.rows = tensor.shape[0];
  const TensorView* replacement = adapter_ != nullptr ? adapter_->replacement_of(tensor.name) : nullptr;
  // A head that is not tied any more starts from the embedding that it was tied to.
  open.name = tensor.name == kHead && folder_.config.ties_embeddings ? std::string(kEmbedding) : tensor.name;
  if (replacement != nullptr) {
    open.dense = replacement;
    return;
  }
  if (is_stored_quantized(folder_.config, open.name))
    open.nf4 = stored_values(quantized_weight(folder_.weights, open.name, tensor.shape));
  else
    open.dense = &folder_.weights.at(open.name, tensor.shape);
  if (base_ == MergeBase::nf4 && !folder_.config.quantization && is_quantizable(open.name)) {
    std::vector<float> values(static_cast<std::size_t>(open.rows * open.columns));
    convert(*open.dense, 0, open.rows * open.columns, values.data());
    release_pages(*open.dense);
    open.dense = nullptr;
    open.nf4 = quantized_values(values);
  }
  if (adapter_ == nullptr || !tensor.name.ends_with(kWeight)) return;
  open.lora = adapter_->lora_of(tensor.name.substr(0, tensor.name.size() - kWeight.size()));
  if (open.lora == nullptr) return;
  open.a = to_float32(open.lora->a, tensor.name);
  open.b = to_float32(open.lora->b, tensor.name);
  if (open.lora->magnitude != nullptr) open.magnitude = to_float32(*open.lora->magnitude, tensor.name);
}

const TensorView* WeightRows::stored() const { return open_->lora == nullptr ? open_->dense : nullptr; }

void WeightRows::read_base(std::int64_t begin, std::int64_t num, float* out) const {
  if (open_->nf4)
    dequantize_range(*open_->nf4, begin, num, open_->rows * open_->columns, out);
  else
    convert(*open_->dense, begin, num, out);
}

void WeightRows::read(std::int64_t first, std::int64_t count, float* out) const {
  const Open& open = *open_;
  const std::int64_t columns = open.columns;
  read_base(first * columns, count * columns, out);
  if (open.lora == nullptr) return;
  const int rank = open.lora->rank;
  const auto scaling = static_cast<float>(open.lora->scaling);
  for (std::int64_t row = first; row < first + count; ++row, out += columns) {
    for (int r = 0; r < rank; ++r) {
      const float factor = scaling * open.b[static_cast<std::size_t>(row * rank + r)];
      const float* a = open.a.data() + static_cast<std::ptrdiff_t>(r * columns);
      for (std::int64_t i = 0; i < columns; ++i) out[i] += factor * a[i];
    }
    if (open.magnitude.empty()) continue;
    // DoRA: the row keeps its direction and has the norm of the magnitude (Liu et al. 2024).
    double square = 0;
    for (std::int64_t i = 0; i < columns; ++i) square += static_cast<double>(out[i]) * out[i];
    if (square == 0)
      throw Error(Kind::input, fmt::format("'{}': row {} of weight and adapter is zero, and has no direction (DoRA)",
                                           open.name, row));
    const auto stretch = static_cast<float>(open.magnitude[static_cast<std::size_t>(row)] / std::sqrt(square));
    for (std::int64_t i = 0; i < columns; ++i) out[i] *= stretch;
  }
}

}  // namespace intelia
