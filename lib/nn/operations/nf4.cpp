#include "nn/operations/nf4.hpp"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <string>

#include "kernels/nf4.hpp"
#include "kernels/nf4_cuda.hpp"

namespace intelia::nn {

namespace {

/** torch's mean with one thread: its last bits depend on the number of threads, and bitsandbytes' offset on them. */
float mean_with_one_thread(const Tensor& values) {
  const int num_threads = at::get_num_threads();
  at::set_num_threads(1);
  const float mean = values.mean().item<float>();
  at::set_num_threads(num_threads);
  return mean;
}

/** fp32 scales of the blocks, [blocks], computed on the CPU where they are quantized. */
Tensor scales_on_cpu(const Nf4Weight& weight, std::int64_t num_blocks) {
  if (weight.absmax.defined()) return weight.absmax;
  Tensor absmax = at::empty({num_blocks}, weight.nested_absmax.options());
  if (absmax.is_meta()) return absmax;
  nf4::dequantize_absmax(weight.absmax_codes.const_data_ptr<std::uint8_t>(),
                         weight.nested_absmax.const_data_ptr<float>(), weight.map.const_data_ptr<float>(),
                         weight.offset, num_blocks, absmax.data_ptr<float>());
  return absmax;
}

/** bf16 in one pass; other types by way of fp32. */
Tensor dequantize_on_cpu(const Nf4Weight& weight, at::ScalarType dtype) {
  const std::int64_t n = weight.out_features * weight.in_features, num_blocks = nf4::num_blocks(n);
  const Tensor absmax = scales_on_cpu(weight, num_blocks);
  const Tensor values = at::empty({weight.out_features, weight.in_features},
                                  absmax.options().dtype(dtype == at::kBFloat16 ? dtype : at::kFloat));
  if (values.is_meta()) return values.to(dtype);
  const std::uint8_t* codes = weight.codes.const_data_ptr<std::uint8_t>();
  const float* scales = absmax.const_data_ptr<float>();
  at::parallel_for(0, num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * nf4::kBlock, num = std::min(n, end * nf4::kBlock) - first;
    if (dtype == at::kBFloat16)
      nf4::dequantize_bf16(codes + first / 2, scales + begin, num,
                           static_cast<std::uint16_t*>(values.mutable_data_ptr()) + first);
    else
      nf4::dequantize(codes + first / 2, scales + begin, num, values.data_ptr<float>() + first);
  });
  return values.to(dtype);
}

/** The CUDA kernels where they can read `weight`: on a GPU, with quantized scales; else null. */
const nf4::CudaKernels* cuda_kernels_for(const Nf4Weight& weight) {
  std::string reason;
  return weight.codes.is_cuda() && !weight.absmax.defined() ? nf4::cuda_kernels(reason) : nullptr;
}

Tensor dequantize_on_cuda(const nf4::CudaKernels& kernels, const Nf4Weight& weight, at::ScalarType dtype) {
  const at::ScalarType type = dtype == at::kDouble ? at::kFloat : dtype;
  const nf4::FloatType held = type == at::kFloat      ? nf4::FloatType::float32
                              : type == at::kBFloat16 ? nf4::FloatType::bfloat16
                                                      : nf4::FloatType::float16;
  const Tensor values = at::empty({weight.out_features, weight.in_features}, weight.codes.options().dtype(type));
  const c10::Stream stream = c10::impl::VirtualGuardImpl(at::kCUDA).getStream(weight.codes.device());
  const int status = kernels.dequantize(
      weight.codes.const_data_ptr<std::uint8_t>(), weight.absmax_codes.const_data_ptr<std::uint8_t>(),
      weight.nested_absmax.const_data_ptr<float>(), weight.map.const_data_ptr<float>(), weight.offset, values.numel(),
      held, values.data_ptr(), stream.native_handle());
  if (status != 0) throw Error(Kind::internal, std::string("[dequantize] ") + kernels.error_text(status));
  return values.to(dtype);
}

}  // namespace

Nf4Weight quantize_nf4(const Tensor& weight, bool is_nested) {
  const Tensor values = weight.contiguous();
  const std::int64_t n = values.numel(), num_blocks = nf4::num_blocks(n);
  const auto bytes = values.options().dtype(at::kByte);
  Nf4Weight quantized;
  quantized.out_features = values.size(0);
  quantized.in_features = values.size(1);
  quantized.codes = at::empty({nf4::num_packed_bytes(n)}, bytes);
  Tensor absmax = at::empty({num_blocks}, values.options());
  if (is_nested) {
    quantized.absmax_codes = at::empty({num_blocks}, bytes);
    quantized.nested_absmax = at::empty({nf4::num_nested_blocks(n)}, values.options());
    quantized.map = at::from_blob(const_cast<float*>(nf4::dynamic_map()), {256}, at::kFloat);
  } else {
    quantized.absmax = absmax;
  }
  if (values.is_meta()) return quantized;
  const float* source = values.const_data_ptr<float>();
  std::uint8_t* codes = quantized.codes.data_ptr<std::uint8_t>();
  float* scales = absmax.data_ptr<float>();
  at::parallel_for(0, num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * nf4::kBlock;
    nf4::quantize(source + first, std::min(n, end * nf4::kBlock) - first, codes + first / 2, scales + begin);
  });
  if (!is_nested) return quantized;
  quantized.offset = mean_with_one_thread(absmax);
  nf4::quantize_absmax(scales, num_blocks, quantized.offset, quantized.absmax_codes.data_ptr<std::uint8_t>(),
                       quantized.nested_absmax.data_ptr<float>());
  return quantized;
}

Tensor dequantize(const Nf4Weight& weight, at::ScalarType dtype) {
  if (weight.codes.is_cpu() || weight.codes.is_meta()) return dequantize_on_cpu(weight, dtype);
  if (const nf4::CudaKernels* kernels = cuda_kernels_for(weight)) return dequantize_on_cuda(*kernels, weight, dtype);
  return dequantize_composed(weight, dtype);
}

Tensor dequantize_composed(const Nf4Weight& weight, at::ScalarType dtype) {
  const std::int64_t n = weight.out_features * weight.in_features, num_blocks = nf4::num_blocks(n);
  const Tensor book = at::from_blob(const_cast<float*>(nf4::kCodebook), {16}, at::kFloat).to(weight.codes.device());
  Tensor absmax = weight.absmax;  // [blocks]
  if (!absmax.defined()) {
    const Tensor nested = weight.nested_absmax.repeat_interleave(nf4::kNestedBlock).narrow(0, 0, num_blocks);
    absmax = weight.map.index({weight.absmax_codes.to(at::kLong)}).mul_(nested).add_(weight.offset);
  }
  const Tensor high = weight.codes.bitwise_right_shift(4), low = weight.codes.bitwise_and(15);
  const Tensor codes = at::stack({high, low}, 1).flatten().narrow(0, 0, n).to(at::kInt);  // [out·in]
  const Tensor scale = absmax.repeat_interleave(nf4::kBlock).narrow(0, 0, n);
  return book.index({codes}).mul_(scale).to(dtype).view({weight.out_features, weight.in_features});
}

Nf4Weight to_device(Nf4Weight weight, const at::Device& device) {
  for (Tensor* part : {&weight.codes, &weight.absmax, &weight.absmax_codes, &weight.nested_absmax, &weight.map})
    if (part->defined()) *part = part->to(device);
  return weight;
}

}  // namespace intelia::nn
