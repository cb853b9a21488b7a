#include "nn/operations/attention.hpp"

#include <cmath>

namespace intelia::nn {

double scale_of(const AttentionRule& rule, std::int64_t head_size) {
  return rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(head_size));
}

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
              const AttentionRule& rule) {
  return q.is_cpu() || q.is_meta() ? attend_on_cpu(q, k, v, lengths, rule) : attend_composed(q, k, v, lengths, rule);
}

}  // namespace intelia::nn
