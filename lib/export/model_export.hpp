// Writes a model in another form: a GGUF file for llama.cpp and Ollama, or a Hugging Face folder; a LoRA adapter as a
// GGUF adapter. Weights are read and written tensor by tensor; no libtorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/sinks.hpp"
#include "export/gguf_model.hpp"
#include "export/merged_model.hpp"
#include "record/run.hpp"

namespace intelia {

enum class ExportFormat { gguf, hf };

struct ExportSettings {
  std::filesystem::path model;
  std::filesystem::path adapter;  // merged into the model, or exported alone; empty: none
  bool allows_mismatch = false;   // an adapter that was trained on another base
  Onto onto = Onto::automatic;
  bool adapter_only = false;  // GGUF: the adapter as a file of its own
  ExportFormat format = ExportFormat::gguf;
  ExportType type = ExportType::automatic;
  std::filesystem::path output;                  // a folder
  std::uint64_t max_file_bytes = 4'000'000'000;  // Hugging Face: of a file of weights
  int threads = 0;                               // 0: one per core
};

struct ExportPlan {
  MergedModel merged;
  ExportType type = ExportType::automatic;  // decided
  std::string file;                         // GGUF: its name
  GgufKeys keys;                            // of a GGUF model
  std::uint64_t weight_bytes = 0;           // to within headers
};

/** Opens and checks the model. Error{usage} for settings that exclude each other, Error{input} for what the format
   cannot represent. Writes nothing. */
ExportPlan plan_export(const ExportSettings& settings, Log& log);

struct ExportedModel {
  Json manifest;
  std::uint64_t weight_bytes = 0;
};

/** Writes the folder. Throws Error{io} when the disk has not enough space. */
ExportedModel export_model(const ExportPlan& plan, const ExportSettings& settings, const RunInfo& info,
                           const Sinks& sinks);

/** Stages weights and config.json of `merged` as a Hugging Face folder; returns the size of the weights. */
std::uint64_t stage_model_folder(const MergedModel& merged, ExportType type, std::uint64_t max_file_bytes, int threads,
                                 Run& run, const Sinks& sinks);

/** The size of these weights. */
std::uint64_t model_folder_bytes(const MergedModel& merged, ExportType type);

}  // namespace intelia
