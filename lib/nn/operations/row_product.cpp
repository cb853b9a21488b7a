#include "nn/operations/row_product.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/nf4.hpp"
#include "kernels/row_product.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

/** Rows of a weight that a thread takes at once. */
constexpr std::int64_t kPartRows = 16;

/** x [M, in], and its values in bf16 for weights in bf16: in the type that the processor's kernel takes. */
struct Factor {
  Tensor whole;    // fp32
  Tensor rounded;  // bf16 or fp32; undefined without weights in bf16
};

/** One of the products. */
struct Product {
  Tensor weight;  // dense [out, in], or the codes of NF4
  Tensor absmax;  // of NF4: [blocks] fp32
  std::int64_t out = 0, in = 0;
  float* y = nullptr;

  bool is_nf4() const { return absmax.defined(); }
  bool is_bf16() const { return weight.scalar_type() == at::kBFloat16; }
  std::int64_t num_parts() const { return (out + kPartRows - 1) / kPartRows; }

  void run(std::int64_t part, std::int64_t rows, const Factor& x) const {
    const std::int64_t first = part * kPartRows, count = std::min(kPartRows, out - first);
    if (is_nf4()) {
      static thread_local std::vector<float> values;
      values.resize(static_cast<std::size_t>(kPartRows * in));
      nf4::dequantize(weight.const_data_ptr<std::uint8_t>() + first * in / 2,
                      absmax.const_data_ptr<float>() + first * in / nf4::kBlock, count * in, values.data());
      kernels::row_product(rows, in, data_of<float>(x.whole), values.data(), count, y + first, out);
    } else if (weight.scalar_type() == at::kFloat) {
      kernels::row_product(rows, in, data_of<float>(x.whole), data_of<float>(weight) + first * in, count, y + first,
                           out);
    } else if (x.rounded.scalar_type() == at::kFloat) {
      kernels::row_product(rows, in, data_of<float>(x.rounded), data_of<kernels::Bf16>(weight) + first * in, count,
                           y + first, out);
    } else {
      kernels::row_product(rows, in, data_of<kernels::Bf16>(x.rounded), data_of<kernels::Bf16>(weight) + first * in,
                           count, y + first, out);
    }
  }
};

Tensor scales_of(const Nf4Weight& weight) {
  if (weight.absmax.defined()) return weight.absmax.contiguous();
  const Tensor absmax = at::empty({weight.absmax_codes.numel()}, at::kFloat);
  nf4::dequantize_absmax(weight.absmax_codes.const_data_ptr<std::uint8_t>(),
                         weight.nested_absmax.const_data_ptr<float>(), weight.map.const_data_ptr<float>(),
                         weight.offset, absmax.numel(), absmax.mutable_data_ptr<float>());
  return absmax;
}

Product product_with(const RowWeight& given) {
  if (given.dense != nullptr) return {given.dense->contiguous(), {}, given.dense->size(0), given.dense->size(1)};
  const Nf4Weight& weight = *given.nf4;
  const std::int64_t out = weight.out_features, in = weight.in_features;
  if (in % nf4::kBlock != 0) return {dequantize(weight, at::kFloat), {}, out, in};
  return {weight.codes, scales_of(weight), out, in};
}

}  // namespace

std::vector<Tensor> row_products(const Tensor& given, const std::vector<RowWeight>& weights) {
  Factor x{given.contiguous(), {}};
  const std::int64_t rows = x.whole.size(0), in = x.whole.size(1);
  std::vector<Product> products;
  std::vector<Tensor> results;
  std::vector<std::int64_t> ends;  // of each product's parts
  for (const RowWeight& weight : weights) {
    Product& product = products.emplace_back(product_with(weight));
    check_shape(x.whole, {rows, product.in}, "row_products x");
    if (product.is_bf16() && !x.rounded.defined()) {
      x.rounded = x.whole.to(at::kBFloat16);
      if (!kernels::has_bf16_products()) x.rounded = x.rounded.to(at::kFloat);
    }
    product.y = results.emplace_back(at::empty({rows, product.out}, x.whole.options())).mutable_data_ptr<float>();
    ends.push_back((ends.empty() ? 0 : ends.back()) + product.num_parts());
  }
  // Threads take fewer parts the fewer are left: long runs of the weight arrive fastest, and on a machine that does
  // other work, too, threads are not equally fast.
  const std::int64_t num_parts = ends.back(), work = std::max<std::int64_t>(1, kPartRows * in * rows);
  const std::int64_t most_threads = std::max<std::int64_t>(1, num_parts * work / (4 * kGrain));
  const std::int64_t num_threads = std::min<std::int64_t>(at::get_num_threads(), most_threads);
  std::atomic<std::int64_t> next{0};
  at::parallel_for(0, num_threads, 1, [&](std::int64_t, std::int64_t) {
    std::int64_t begin = 0, end = 0;
    const auto take = [&] {
      begin = next.load();
      do end = begin + std::max<std::int64_t>(1, (num_parts - begin) / (2 * num_threads));
      while (!next.compare_exchange_weak(begin, end));
      return begin < num_parts;
    };
    while (take())
      for (std::int64_t part = begin; part < end; ++part) {
        const auto which = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), part) - ends.begin());
        products[which].run(part - (which == 0 ? 0 : ends[which - 1]), rows, x);
      }
  });
  return results;
}

}  // namespace intelia::nn
