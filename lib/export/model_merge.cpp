#include "export/model_merge.hpp"

#include <fmt/format.h>

#include "engine/engine.hpp"
#include "export/model_export.hpp"
#include "export/model_files.hpp"

namespace intelia {

namespace {

constexpr double kNoticeableKl = 0.01;  // nats per token

/** The base as the adapter was trained on it, so that what quantization changes is measured, too. */
ModelSettings reference_of(const MergePlan& plan, const MergeSettings& settings) {
  ModelSettings reference;
  reference.model = settings.model;
  reference.adapter = settings.adapter;
  reference.method = plan.merged.is_trained_on_nf4 || plan.merged.base == MergeBase::nf4 ? Method::qlora : Method::lora;
  reference.device = settings.device;
  reference.threads = settings.threads;
  return reference;
}

Json to_json(const MergeDivergence& divergence, const SampleRows& rows, const ModelSettings& reference) {
  return {{"rows", rows.in_words},
          {"tokens", rows.num_tokens()},
          {"reference", reference.method == Method::qlora ? "NF4 base and adapter" : "stored base and adapter"},
          {"kl_per_token", divergence.kl_per_token},
          {"max_kl", divergence.max_kl},
          {"max_logit_difference", divergence.max_logit_difference}};
}

}  // namespace

MergePlan plan_merge(const MergeSettings& settings, const Sinks& sinks) {
  MergePlan plan{open_merged_model(settings.model, settings.adapter, settings.onto, sinks.log), {}, 0};
  plan.weight_bytes = model_folder_bytes(plan.merged, settings.type);
  if (settings.divergence.num_rows > 0) {
    load_engine();
    plan.rows = sample_rows(settings.divergence, settings.model, plan.merged.text_folder,
                            plan.merged.folder.config.vocab_size, sinks);
  }
  return plan;
}

MergeResult merge_model(const MergePlan& plan, const MergeSettings& settings, const RunInfo& info, const Sinks& sinks) {
  Run run(info, settings.output);
  check_room_for_weights(run, plan.weight_bytes, "the merged model needs");
  InputHashes inputs(plan.merged);
  inputs.check_base(settings.allows_mismatch, sinks.log);
  if (!settings.divergence.data.empty() && !plan.rows.ids.empty()) run.add_input(settings.divergence.data);
  MergeResult result;
  result.weight_bytes =
      stage_model_folder(plan.merged, settings.type, settings.max_file_bytes, settings.threads, run, sinks);
  stage_text_side(plan.merged, run, sinks);
  inputs.add_to(run);
  remove_stale_model_files(run);
  run.manifest()["counts"] = {{"parameters", num_parameters(plan.merged.rows().config())}};
  if (!plan.rows.ids.empty()) {
    // The engine reads the merged folder, which therefore has its files before the manifest.
    run.commit_outputs_early();
    const ModelSettings reference = reference_of(plan, settings);
    result.divergence = measure_divergence(plan.rows, reference, settings.output, sinks);
    run.manifest()["merge"]["divergence"] = to_json(*result.divergence, plan.rows, reference);
    if (result.divergence->kl_per_token > kNoticeableKl)
      sinks.log.warning(
          fmt::format("the merged model differs noticeably from base and adapter: KL {:.2g} per token on "
                      "{}{}",
                      result.divergence->kl_per_token, plan.rows.in_words,
                      plan.merged.is_trained_on_nf4 && plan.merged.base == MergeBase::stored &&
                              !plan.merged.folder.config.quantization
                          ? "; the adapter was trained on the NF4 base, and this is not it"
                          : ""));
  }
  result.manifest = run.close();
  run.commit();
  return result;
}

}  // namespace intelia
