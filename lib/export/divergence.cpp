#include "export/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/counted.hpp"
#include "base/random.hpp"
#include "engine/engine.hpp"
#include "inference/text_side.hpp"
#include "record/jsonl.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMaxLogits = (std::int64_t{512} << 20) / static_cast<std::int64_t>(sizeof(float));

/** Thrown to end the reading of a file. */
struct Enough {};

std::vector<std::vector<std::int32_t>> rows_of_file(const DivergenceSettings& settings, std::size_t num_rows,
                                                    const fs::path& model, const fs::path& text_folder,
                                                    const Sinks& sinks) {
  const auto tokenizer = load_tokenizer(text_folder);
  const ChatTemplate chat_template =
      load_chat_template(model, TokenizerRules::transformers, text_folder == model ? fs::path{} : text_folder);
  std::vector<std::vector<std::int32_t>> rows;
  SilentSinks silent;
  Rejects rejects({.max_rejected = 1}, silent.sinks().log);
  try {
    read_conversations(settings.data, rejects, sinks.stop, [&](Conversation&& conversation, std::int64_t) {
      std::vector<std::int32_t> ids =
          conversation.messages.empty()
              ? tokenizer->encode(conversation.text, {.add = true})
              : encode_rendered(*tokenizer, chat_template.render(conversation.messages, false,
                                                                 with_inputs({}, conversation.inputs)))
                    .ids;
      ids.resize(std::min(ids.size(), static_cast<std::size_t>(settings.max_tokens)));
      if (!ids.empty()) rows.push_back(std::move(ids));
      if (rows.size() >= num_rows) throw Enough{};
    });
  } catch (const Enough&) {
  }
  if (rows.empty())
    throw Error(Kind::input,
                fmt::format("'{}' has no record on which the models can be compared", settings.data.string()));
  return rows;
}

std::vector<std::vector<std::int32_t>> random_rows(const DivergenceSettings& settings, std::size_t num_rows,
                                                   std::int64_t vocab_size) {
  Random random(settings.seed);
  std::vector<std::vector<std::int32_t>> rows(num_rows);
  for (auto& row : rows)
    for (int i = 0; i < settings.max_tokens; ++i)
      row.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(vocab_size))));
  return rows;
}

/** log Σ exp of `size` logits. */
double log_sum(const float* logits, std::size_t size) {
  const double largest = *std::max_element(logits, logits + size);
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += std::exp(logits[i] - largest);
  return largest + std::log(sum);
}

void compare_token(const float* reference, const float* merged, std::size_t size, MergeDivergence& out) {
  const double offset = log_sum(reference, size), other_offset = log_sum(merged, size);
  double kl = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double log_p = reference[i] - offset, log_q = merged[i] - other_offset;
    kl += std::exp(log_p) * (log_p - log_q);
    out.max_logit_difference =
        std::max(out.max_logit_difference, std::fabs(static_cast<double>(reference[i]) - merged[i]));
  }
  kl = std::max(kl, 0.0);  // below it by rounding only
  out.kl_per_token += kl;
  out.max_kl = std::max(out.max_kl, kl);
}

}  // namespace

std::int64_t SampleRows::num_tokens() const {
  std::int64_t total = 0;
  for (const auto& row : ids) total += static_cast<std::int64_t>(row.size());
  return total;
}

SampleRows sample_rows(const DivergenceSettings& settings, const fs::path& model, const fs::path& text_folder,
                       std::int64_t vocab_size, const Sinks& sinks) {
  const std::int64_t fitting = kMaxLogits / (vocab_size * settings.max_tokens);
  const auto num_rows = static_cast<std::size_t>(std::clamp<std::int64_t>(fitting, 1, settings.num_rows));
  SampleRows rows;
  if (settings.data.empty()) {
    rows.ids = random_rows(settings, num_rows, vocab_size);
    rows.in_words = counted(num_rows, "row") + " of random tokens";
  } else {
    rows.ids = rows_of_file(settings, num_rows, model, text_folder, sinks);
    rows.in_words = fmt::format("the first {} of '{}'", counted(rows.ids.size(), "record"), settings.data.string());
  }
  return rows;
}

namespace {

void check_finite(const std::vector<float>& logits, const char* model, const SampleRows& rows) {
  if (!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }))
    throw Error(Kind::input,
                fmt::format("the logits of the {} on {} are not finite: weights have NaN or an infinity, or "
                            "numbers too large",
                            model, rows.in_words));
}

}  // namespace

MergeDivergence measure_divergence(const SampleRows& rows, ModelSettings reference, const fs::path& merged,
                                   const Sinks& sinks) {
  reference.precision = Precision::fp32;
  ModelSettings result = reference;
  result.model = merged;
  result.adapter.clear();
  result.method = Method::lora;  // dense weights as they are
  std::vector<std::vector<float>> logits;
  {
    const auto model = load_engine().load(reference, sinks);
    for (const auto& ids : rows.ids) {
      sinks.stop.check("measuring the merged model");
      logits.push_back(model->logits(ids, /*use_adapter=*/true));
    }
  }
  const auto model = load_engine().load(result, sinks);
  const auto size = static_cast<std::size_t>(model->vocabulary_size());
  MergeDivergence divergence;
  for (std::size_t row = 0; row < rows.ids.size(); ++row) {
    sinks.stop.check("measuring the merged model");
    const std::vector<float> after = model->logits(rows.ids[row], /*use_adapter=*/false);
    check_finite(logits[row], "base with the adapter", rows);
    check_finite(after, "merged model", rows);
    for (std::size_t at = 0; at < after.size(); at += size)
      compare_token(logits[row].data() + at, after.data() + at, size, divergence);
  }
  divergence.kl_per_token /= static_cast<double>(rows.num_tokens());
  return divergence;
}

}  // namespace intelia
