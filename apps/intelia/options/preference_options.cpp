#include "options/preference_options.hpp"

#include "options/model_options.hpp"

namespace intelia {

void declare_reference_options(OptionTable& table, ReferenceSettings& settings) {
  table.add(
      "reference", settings.kind,
      "Reference model: start = the model as training starts (with --adapter a frozen copy of it, else the base), "
      "base = the model without an adapter",
      {{"start", ReferenceSettings::Kind::start}, {"base", ReferenceSettings::Kind::base}});
  table.add("reference-adapter", settings.adapter, "PEFT adapter folder of the reference model", "FOLDER").changeable();
}

void check_reference_options(const ReferenceSettings& reference, const TrainingSettings& training) {
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  if (!reference.adapter.empty()) check_is_folder("reference-adapter", reference.adapter);
  need(reference.adapter.empty() || reference.kind == ReferenceSettings::Kind::start,
       "--reference base cannot be combined with --reference-adapter");
  need(training.base.method != Method::full || reference.adapter.empty(),
       "--reference-adapter cannot be used with --method full, which has no adapter");
  need(training.base.method != Method::full || reference.kind == ReferenceSettings::Kind::start,
       "--reference base has no effect with --method full, which has no adapter");
  need(training.lora.dropout == 0,
       "--lora-dropout must be 0: with dropout the model would differ from its reference before the first step");
}

}  // namespace intelia
