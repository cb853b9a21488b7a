#include "training/plan_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace intelia {

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::uint64_t total_bytes(const TrainingPlan& plan) { return plan.model_bytes + plan.peak_bytes + plan.overhead_bytes; }

std::vector<std::string> remedies_of(const TrainingPlan& plan) {
  std::vector<std::string> remedies;
  for (const PlanRemedy& remedy : plan.remedies) {
    std::string words;
    const auto add = [&](const char* setting, const auto& value) {
      if (value) words += fmt::format("{}`{}` {}", words.empty() ? "" : " ", setting, *value);
    };
    add("batch_size", remedy.batch_size);
    add("gradient_accumulation", remedy.gradient_accumulation);
    add("max_length", remedy.max_length);
    if (remedy.method == Method::qlora) words += "`method` qlora, which needs less";
    remedies.push_back(words);
  }
  if (remedies.empty() && !plan.fits) remedies.emplace_back("a smaller model, or a machine with more memory");
  return remedies;
}

namespace {

/** "2 h 05 min", "3 min 20 s", "1.25 s". */
std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{:.3g} s", seconds);
}

/** Peak memory above the model that is neither trained parameters nor optimizer state. */
std::uint64_t gradients_and_activations(const TrainingPlan& plan) {
  return plan.peak_bytes - std::min(plan.peak_bytes, plan.trained_bytes + plan.optimizer_bytes);
}

template <class Value>
std::string row(const char* name, const Value& value) {
  return fmt::format("  {:<36}{:>12}\n", name, value);
}

std::string memory_row(const char* name, std::uint64_t bytes) {
  return row(name, fmt::format("{:.1f} MiB", mebibytes(bytes)));
}

std::string plan_table(const TrainingPlan& plan, std::uint64_t program_bytes) {
  std::string table = "memory\n" + memory_row("base model", plan.model_bytes) +
                      memory_row("adapter", plan.trained_bytes) + memory_row("optimizer", plan.optimizer_bytes) +
                      memory_row("gradients and activations", gradients_and_activations(plan)) +
                      memory_row("overhead, about", plan.overhead_bytes) + memory_row("total", total_bytes(plan)) +
                      memory_row("available", plan.available_bytes);
  if (program_bytes > 0)
    table += memory_row("program and libraries", program_bytes) +
             memory_row("resident at the peak, about", total_bytes(plan) + program_bytes);
  table += "run\n" + row("optimizer steps", plan.steps) + row("tokens", plan.tokens) +
           row("sequences per optimizer step", fmt::format("{} × {}", plan.batch_size, plan.gradient_accumulation)) +
           row("tokens per record, median", plan.median_sample) +
           row("tokens per record, maximum", plan.longest_sample) +
           row("tokens per micro-batch, maximum", plan.longest_tokens);
  if (plan.seconds > 0)
    table +=
        "time\n" + row("per optimizer step", duration(plan.seconds_per_step)) + row("total", duration(plan.seconds));
  return table;
}

Json plan_json(const TrainingPlan& plan, std::uint64_t program_bytes) {
  Json json = {{"fits", plan.fits},
               {"bytes",
                {{"model", plan.model_bytes},
                 {"adapter", plan.trained_bytes},
                 {"optimizer", plan.optimizer_bytes},
                 {"gradients_and_activations", gradients_and_activations(plan)},
                 {"peak_above_model", plan.peak_bytes},
                 {"overhead", plan.overhead_bytes},
                 {"total", total_bytes(plan)},
                 {"available", plan.available_bytes}}},
               {"steps", plan.steps},
               {"tokens", plan.tokens},
               {"batch_size", plan.batch_size},
               {"gradient_accumulation", plan.gradient_accumulation},
               {"median_sample_tokens", plan.median_sample},
               {"longest_sample_tokens", plan.longest_sample},
               {"longest_micro_batch_tokens", plan.longest_tokens},
               {"longest_micro_batch_targets", plan.longest_targets},
               {"remedies", remedies_of(plan)}};
  if (program_bytes > 0) {
    json["bytes"]["program"] = program_bytes;
    json["bytes"]["resident"] = total_bytes(plan) + program_bytes;
  }
  if (plan.seconds > 0) json["measured"] = {{"seconds_per_step", plan.seconds_per_step}, {"seconds", plan.seconds}};
  return json;
}

}  // namespace

TrainingReport plan_report(const TrainingPlan& plan, std::uint64_t program_bytes) {
  const double total = mebibytes(total_bytes(plan)), available = mebibytes(plan.available_bytes);
  const std::string resident = program_bytes == 0
                                   ? ""
                                   : fmt::format("; about {:.0f} MiB resident with the program and its libraries",
                                                 total + mebibytes(program_bytes));
  const std::string words = plan.fits ? fmt::format("fits: {:.0f} MiB of {:.0f}{}", total, available, resident)
                                      : fmt::format("does not fit: {:.0f} MiB needed, {:.0f} MiB available; try {}",
                                                    total, available, fmt::join(remedies_of(plan), ", or "));
  return {plan_table(plan, program_bytes), plan_json(plan, program_bytes), words, plan.fits};
}

}  // namespace intelia
