#include "nn/packed_weight.hpp"

#include <cstring>

#include "kernels/nf4.hpp"

namespace intelia::nn {

namespace {

/** torch's own mean with one thread: its last bits depend on the number of threads, and bitsandbytes' offset on it. */
float mean_with_one_thread(const Tensor& values) {
  const int num_threads = at::get_num_threads();
  at::set_num_threads(1);
  const float mean = values.mean().item<float>();
  at::set_num_threads(num_threads);
  return mean;
}

Tensor copied(const TensorView& view, at::ScalarType type) {
  Tensor tensor = at::empty({static_cast<std::int64_t>(view.size_bytes / bytes_per_element(view.type))}, type);
  if (view.size_bytes > 0) std::memcpy(tensor.data_ptr(), view.data, view.size_bytes);
  return tensor;
}

}  // namespace

PackedWeight pack(const Tensor& weight, bool is_nested) {
  const Tensor values = weight.contiguous();
  const std::int64_t n = values.numel(), num_blocks = nf4::num_blocks(n);
  const auto bytes = values.options().dtype(at::kByte);
  PackedWeight packed;
  packed.out_features = values.size(0);
  packed.in_features = values.size(1);
  packed.codes = at::empty({nf4::num_packed_bytes(n)}, bytes);
  Tensor absmax = at::empty({num_blocks}, values.options());
  if (is_nested) {
    packed.absmax_codes = at::empty({num_blocks}, bytes);
    packed.nested_absmax = at::empty({nf4::num_nested_blocks(n)}, values.options());
    packed.map = at::from_blob(const_cast<float*>(nf4::dynamic_map()), {256}, at::kFloat);
  } else {
    packed.absmax = absmax;
  }
  if (values.is_meta()) return packed;
  const float* source = values.const_data_ptr<float>();
  std::uint8_t* codes = packed.codes.data_ptr<std::uint8_t>();
  float* scales = absmax.data_ptr<float>();
  at::parallel_for(0, num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * nf4::kBlock;
    nf4::quantize(source + first, std::min(n, end * nf4::kBlock) - first, codes + first / 2, scales + begin);
  });
  if (!is_nested) return packed;
  packed.offset = mean_with_one_thread(absmax);
  nf4::quantize_absmax(scales, num_blocks, packed.offset, packed.absmax_codes.data_ptr<std::uint8_t>(),
                       packed.nested_absmax.data_ptr<float>());
  return packed;
}

PackedWeight to_packed(const QuantizedView& view, const std::vector<std::int64_t>& shape) {
  PackedWeight packed;
  packed.out_features = shape[0];
  packed.in_features = shape[1];
  packed.codes = copied(view.codes, at::kByte);
  if (view.is_nested) {
    packed.absmax_codes = copied(view.absmax, at::kByte);
    packed.nested_absmax = copied(view.nested_absmax, at::kFloat);
    packed.map = copied(view.nested_map, at::kFloat);
    packed.offset = view.offset;
  } else {
    packed.absmax = copied(view.absmax, at::kFloat);
  }
  release_pages(view.codes);
  return packed;
}

PackedWeight to_device(PackedWeight weight, const at::Device& device) {
  for (Tensor* part : {&weight.codes, &weight.absmax, &weight.absmax_codes, &weight.nested_absmax, &weight.map})
    if (part->defined()) *part = part->to(device);
  return weight;
}

}  // namespace intelia::nn
