// Comparisons of the CUDA kernels with their definitions, bit for bit, at sizes around every boundary: for a GPU
// (kernels_cuda_check.cpp) and for the CPU (kernels_host_test.cpp, with the cuda_runtime.h of host_cuda/).
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/adam8_cuda.hpp"
#include "kernels/nf4.hpp"
#include "kernels/nf4_cuda.hpp"

namespace intelia::kernel_checks {

using nf4::FloatType;

inline constexpr std::int64_t kSizes[] = {1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 4095, 4096, 4097, 16385};

inline void must(int error, const std::string& what) {
  if (error != 0) throw std::runtime_error(what + ": " + cudaGetErrorString(static_cast<cudaError_t>(error)));
}

inline void finish(const std::string& what) {
  must(cudaGetLastError(), what);
  must(cudaDeviceSynchronize(), what);
}

/** Device memory, filled with 0xA5 at first. On a GPU it is followed by a guard that must not be written; on the CPU
    the address sanitizer guards it. */
template <class T>
class Device {
 public:
  explicit Device(std::int64_t num) : num_bytes_(static_cast<std::size_t>(num) * sizeof(T)) {
    must(cudaMalloc(&data_, num_bytes_ + kGuard), "cudaMalloc");
    must(cudaMemset(data_, 0xA5, num_bytes_ + kGuard), "cudaMemset");
  }
  explicit Device(const std::vector<T>& values) : Device(static_cast<std::int64_t>(values.size())) {
    must(cudaMemcpy(data_, values.data(), num_bytes_, cudaMemcpyHostToDevice), "cudaMemcpy");
  }
  Device(const Device&) = delete;
  ~Device() { cudaFree(data_); }
  T* data() { return data_; }
  std::vector<T> values() {
    std::vector<T> values(num_bytes_ / sizeof(T));
    must(cudaMemcpy(values.data(), data_, num_bytes_, cudaMemcpyDeviceToHost), "cudaMemcpy");
    if constexpr (kGuard > 0) {
      std::vector<unsigned char> guard(kGuard);
      must(cudaMemcpy(guard.data(), reinterpret_cast<char*>(data_) + num_bytes_, kGuard, cudaMemcpyDeviceToHost),
           "cudaMemcpy");
      for (const unsigned char byte : guard)
        if (byte != 0xA5) throw std::runtime_error("a kernel wrote behind its array");
    }
    return values;
  }

 private:
#if defined(INTELIA_HOST_CUDA)
  static constexpr std::size_t kGuard = 0;
#else
  static constexpr std::size_t kGuard = 256;
#endif
  std::size_t num_bytes_;
  T* data_ = nullptr;
};

/** Whether the bits of a `type` are those of a NaN. */
inline bool is_nan(FloatType type, std::uint32_t bits) {
  return type == FloatType::float32    ? (bits & 0x7FFFFFFFu) > 0x7F800000u
         : type == FloatType::bfloat16 ? (bits & 0x7FFFu) > 0x7F80u
                                       : (bits & 0x7FFFu) > 0x7C00u;
}

/** What differs, in words; empty while nothing does. */
struct Differences {
  std::vector<std::string> list;

  template <class T>
  void expect_same(const std::vector<T>& found, const std::vector<T>& expected, const std::string& what) {
    expect_same_if(found, expected, what, [](std::uint32_t) { return false; });
  }

  /** The same, but any NaN is the same as any other. T holds the bits of a `type`. */
  template <class T>
  void expect_same_numbers(const std::vector<T>& found, const std::vector<T>& expected, FloatType type,
                           const std::string& what) {
    expect_same_if(found, expected, what, [type](std::uint32_t bits) { return is_nan(type, bits); });
  }

 private:
  template <class T>
  static std::uint32_t bits_of(const T& value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }

  template <class T, class IsNan>
  void expect_same_if(const std::vector<T>& found, const std::vector<T>& expected, const std::string& what,
                      IsNan is_nan_of_type) {
    std::size_t num_differing = found.size() == expected.size() ? 0 : 1, first = 0;
    for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
      const std::uint32_t a = bits_of(found[i]), b = bits_of(expected[i]);
      if (a != b && !(is_nan_of_type(a) && is_nan_of_type(b)) && num_differing++ == 0) first = i;
    }
    if (num_differing > 0)
      list.push_back(what + ": " + std::to_string(num_differing) + " of " + std::to_string(expected.size()) +
                     " differ, the first at " + std::to_string(first));
  }
};

/** fp32 to fp16, nearest even, by the compiler's own type (x86-64 and AArch64 have it). */
inline std::uint16_t to_half(float value) {
  const auto half = static_cast<_Float16>(value);
  std::uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}

inline float from_half(std::uint16_t bits) {
  _Float16 half;
  std::memcpy(&half, &bits, 2);
  return static_cast<float>(half);
}

inline std::uint16_t upper_half(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return static_cast<std::uint16_t>(bits >> 16);
}

inline float from_upper_half(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

/** Numbers in (-1, 1) from a linear congruential generator. */
struct Numbers {
  std::uint32_t state;
  std::uint32_t bits() {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
  }
  float next() { return static_cast<float>(bits()) / 8388608.0f - 1.0f; }
};

/** The comparisons of bitsandbytes' dQuantizeNF4, whose tree counts how many of them hold. */
inline constexpr float kThresholds[15] = {
    -0.8480964004993439f,  -0.6106329262256622f,   -0.4599952697753906f, -0.33967943489551544f, -0.23460740596055984f,
    -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f, 0.1202552504837513f,   0.2035212516784668f,
    0.2920137718319893f,   0.3893125355243683f,    0.5016634166240692f,  0.6427869200706482f,   0.8614784181118011f};

/** Also blocks that are all zero, all NaN, subnormal, have a NaN or infinities, or are on the thresholds, and ends of
    all these kinds. */
inline std::vector<float> nf4_weights(std::int64_t n) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> weight(static_cast<std::size_t>(n));
  Numbers numbers{12345u + static_cast<std::uint32_t>(n)};
  for (std::int64_t i = 0; i < n; ++i) {
    float& value = weight[static_cast<std::size_t>(i)];
    value = numbers.next() * 0.05f;
    if (i % 1001 == 0) value *= 40;
    switch ((i / nf4::kBlock + n) % 13) {
      case 3:
        value = 0;
        break;
      case 4:
        value = kNan;
        break;
      case 5:
        value *= 1e-40f;
        break;
      case 6:
        if (i % 7 == 0) value = kNan;
        break;
      case 7:
        if (i % 5 == 0) value = i % 2 == 0 ? kInfinity : -kInfinity;
        break;
      case 8:
        value = i % nf4::kBlock == 0 ? 1 : kThresholds[i % 15];
        break;
      default:
        break;
    }
  }
  return weight;
}

/** kQuantizeBlockwiseSmall of bitsandbytes 0.50.2 (csrc/kernels.cu), in the order of its operations. */
inline void quantize_by_cuda_rule(const std::vector<float>& weight, std::vector<std::uint8_t>& packed,
                                  std::vector<float>& absmax) {
  const auto n = static_cast<std::int64_t>(weight.size());
  const auto value_at = [&](std::int64_t i) { return i < n ? weight[static_cast<std::size_t>(i)] : 0.0f; };
  for (std::int64_t block = 0; block < nf4::num_blocks(n); ++block) {
    const std::int64_t first = block * nf4::kBlock;
    float largest = -FLT_MAX;
    for (std::int64_t i = first; i < first + nf4::kBlock; ++i) largest = std::fmax(largest, std::fabs(value_at(i)));
    absmax[static_cast<std::size_t>(block)] = largest;
    const float reciprocal = 1.0f / largest;
    const auto code_of = [&](std::int64_t i) {
      const float value = value_at(i) * reciprocal;
      return std::count_if(kThresholds, kThresholds + 15, [value](float threshold) { return value > threshold; });
    };
    for (std::int64_t i = first; i < std::min(n, first + nf4::kBlock); i += 2)
      packed[static_cast<std::size_t>(i / 2)] = static_cast<std::uint8_t>(code_of(i) << 4 | code_of(i + 1));
  }
}

/** `weight`, exactly representable in T, is what `held` holds. */
template <class T>
void check_quantize(Differences& differences, const nf4::CudaKernels& kernels, FloatType type,
                    const std::vector<T>& held, const std::vector<float>& weight, const std::string& what) {
  const auto n = static_cast<std::int64_t>(weight.size());
  std::vector<std::uint8_t> packed(static_cast<std::size_t>(nf4::num_packed_bytes(n)));
  std::vector<float> absmax(static_cast<std::size_t>(nf4::num_blocks(n)));
  quantize_by_cuda_rule(weight, packed, absmax);
  Device<T> from(held);
  Device<std::uint8_t> to(nf4::num_packed_bytes(n));
  Device<float> to_absmax(nf4::num_blocks(n));
  must(kernels.quantize(from.data(), type, n, to.data(), to_absmax.data(), nullptr), what);
  finish(what);
  differences.expect_same(to.values(), packed, what + ", codes");
  differences.expect_same(to_absmax.values(), absmax, what + ", absmax");
}

template <class T>
void check_dequantize(Differences& differences, const nf4::CudaKernels& kernels, std::int64_t n, float scale,
                      FloatType type, T (*round)(float), const std::string& what) {
  constexpr float kOffset = 0.04f;
  Numbers numbers{static_cast<std::uint32_t>(n)};
  std::vector<std::uint8_t> packed(static_cast<std::size_t>(nf4::num_packed_bytes(n)));
  for (std::uint8_t& byte : packed) byte = static_cast<std::uint8_t>(numbers.bits());
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(nf4::num_blocks(n)));
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(numbers.bits());
  std::vector<float> nested(static_cast<std::size_t>(nf4::num_nested_blocks(n)));
  for (float& value : nested) value = scale * (0.6f + 0.4f * numbers.next());

  std::vector<float> absmax(codes.size()), weight(static_cast<std::size_t>(n));
  nf4::dequantize_absmax(codes.data(), nested.data(), nf4::dynamic_map(), kOffset, nf4::num_blocks(n), absmax.data());
  nf4::dequantize(packed.data(), absmax.data(), n, weight.data());
  std::vector<T> expected;
  for (const float value : weight) expected.push_back(round(value));

  Device<std::uint8_t> from(packed), from_codes(codes);
  Device<float> from_nested(nested), map(std::vector<float>(nf4::dynamic_map(), nf4::dynamic_map() + 256));
  Device<T> to(n);
  must(kernels.dequantize(from.data(), from_codes.data(), from_nested.data(), map.data(), kOffset, n, type, to.data(),
                          nullptr),
       what);
  finish(what);
  differences.expect_same_numbers(to.values(), expected, type, what);
}

/** fp32 to bf16, nearest even, by the reference. */
inline std::uint16_t to_bf16(float value) {
  // A block with one weight of code 15, which stands for 1, and the scale `value`.
  const std::uint8_t packed = 0xFF;
  std::uint16_t rounded;
  nf4::dequantize_bf16(&packed, &value, 1, &rounded);
  return rounded;
}

inline float same(float value) { return value; }

inline void check_nf4(Differences& differences, const nf4::CudaKernels& kernels, std::int64_t n) {
  const std::string size = " of " + std::to_string(n);
  std::vector<float> weight = nf4_weights(n);
  check_quantize(differences, kernels, FloatType::float32, weight, weight, "quantize fp32" + size);
  std::vector<std::uint16_t> held(weight.size());
  std::vector<float> exact(weight.size());
  std::transform(weight.begin(), weight.end(), held.begin(), upper_half);
  std::transform(held.begin(), held.end(), exact.begin(), from_upper_half);
  check_quantize(differences, kernels, FloatType::bfloat16, held, exact, "quantize bf16" + size);
  std::transform(weight.begin(), weight.end(), held.begin(), to_half);
  std::transform(held.begin(), held.end(), exact.begin(), from_half);
  check_quantize(differences, kernels, FloatType::float16, held, exact, "quantize fp16" + size);

  constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  for (const float scale : {0.03f, 1e-41f, 7e4f, 3e38f, kInfinity, kNan}) {
    const std::string what = size + " with scales of " + std::to_string(scale);
    check_dequantize(differences, kernels, n, scale, FloatType::float32, same, "dequantize to fp32" + what);
    check_dequantize(differences, kernels, n, scale, FloatType::bfloat16, to_bf16, "dequantize to bf16" + what);
    check_dequantize(differences, kernels, n, scale, FloatType::float16, to_half, "dequantize to fp16" + what);
  }
}

/** Gradients over many magnitudes, with blocks of zeros; from the fourth step on also NaN and infinities. */
inline std::vector<float> adam8_gradient(std::int64_t n, std::int64_t step) {
  std::vector<float> gradient(static_cast<std::size_t>(n));
  Numbers numbers{static_cast<std::uint32_t>(n * 31 + step)};
  for (std::int64_t i = 0; i < n; ++i) {
    float& value = gradient[static_cast<std::size_t>(i)];
    value = numbers.next() * std::pow(10.0f, static_cast<float>(i % 9 - 6));
    if (i / adam8::kBlock % 5 == 2) value = 0;
    if (i / adam8::kBlock % 5 == 3) value *= 1e-36f;
    if (step >= 4 && i % 700 == 5) value = std::numeric_limits<float>::quiet_NaN();
    if (step >= 4 && i % 1100 == 7) value = std::numeric_limits<float>::infinity();
  }
  return gradient;
}

/** In each block the largest magnitude 1 and 255 of 65,536 evenly spaced numbers of [-1, 1], which are those that
    quantization rounds to: with kNumWithEveryCode, all of them. */
inline std::vector<float> evenly_spaced_gradient(std::int64_t n, std::int64_t) {
  std::vector<float> gradient(static_cast<std::size_t>(n), 1.0f);
  float next = 0;
  for (std::int64_t i = 0; i < n; ++i)
    if (i % adam8::kBlock != 0) gradient[static_cast<std::size_t>(i)] = -1.0f + 2.0f * next++ / 65535.0f;
  return gradient;
}
inline constexpr std::int64_t kNumWithEveryCode = 65536 + 65536 / 255 + 1;

using Gradient = std::vector<float> (*)(std::int64_t n, std::int64_t step);

/** Steps of both kinds of states, the results compared after each. */
inline void check_adam8(Differences& differences, const adam8::CudaKernels& kernels, std::int64_t n,
                        Gradient gradient_of = adam8_gradient, std::int64_t max_steps = 4) {
  const auto size = static_cast<std::size_t>(n), blocks = static_cast<std::size_t>(dynamic8::num_blocks(n));
  std::vector<float> parameter(size), average_absmax(blocks), square_absmax(blocks);
  std::vector<std::uint8_t> average_codes(size), square_codes(size);
  Numbers numbers{static_cast<std::uint32_t>(n) + 7};
  for (float& value : parameter) value = numbers.next();
  std::vector<float> parameter_fp32 = parameter, average(size), square(size);

  std::vector<float> maps(dynamic8::map(dynamic8::Sign::with), dynamic8::map(dynamic8::Sign::with) + 256);
  maps.insert(maps.end(), dynamic8::map(dynamic8::Sign::without), dynamic8::map(dynamic8::Sign::without) + 256);
  Device<float> on_maps(maps), on_parameter(parameter), on_average_absmax(average_absmax),
      on_square_absmax(square_absmax), on_parameter_fp32(parameter), on_average(average), on_square(square);
  Device<std::uint8_t> on_average_codes(average_codes), on_square_codes(square_codes);
  for (std::int64_t num_steps = 1; num_steps <= max_steps; ++num_steps) {
    const std::string what = "adam8 of " + std::to_string(n) + ", step " + std::to_string(num_steps);
    const adam8::Step step{.learning_rate = 3e-3, .weight_decay = 0.1, .num_steps = num_steps};
    const adam8::Factors factors = adam8::factors(step);
    const std::vector<float> gradient = gradient_of(n, num_steps);
    Device<float> on_gradient(gradient);

    adam8::update(step, gradient.data(), n, parameter.data(),
                  {average_codes.data(), square_codes.data(), average_absmax.data(), square_absmax.data()});
    must(kernels.update(
             factors, on_maps.data(), on_gradient.data(), n, on_parameter.data(),
             {on_average_codes.data(), on_square_codes.data(), on_average_absmax.data(), on_square_absmax.data()},
             nullptr),
         what);
    finish(what);
    differences.expect_same_numbers(on_parameter.values(), parameter, FloatType::float32, what + ", parameter");
    differences.expect_same(on_average_codes.values(), average_codes, what + ", average's codes");
    differences.expect_same(on_square_codes.values(), square_codes, what + ", square's codes");
    differences.expect_same(on_average_absmax.values(), average_absmax, what + ", average's absmax");
    differences.expect_same(on_square_absmax.values(), square_absmax, what + ", square's absmax");

    adam8::update_fp32(step, gradient.data(), n, parameter_fp32.data(), average.data(), square.data());
    must(kernels.update_fp32(factors, on_gradient.data(), n, on_parameter_fp32.data(), on_average.data(),
                             on_square.data(), nullptr),
         what);
    finish(what);
    differences.expect_same_numbers(on_parameter_fp32.values(), parameter_fp32, FloatType::float32,
                                    what + " of fp32 states, parameter");
    differences.expect_same_numbers(on_average.values(), average, FloatType::float32, what + ", fp32 average");
    differences.expect_same_numbers(on_square.values(), square, FloatType::float32, what + ", fp32 square");
  }
}

}  // namespace intelia::kernel_checks
