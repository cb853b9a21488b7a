// Downloads a model folder from a model hub through the Hugging Face client, the Python package huggingface_hub, which
// runs as a child process: it resumes downloads, verifies them, and knows about tokens, mirrors and proxies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/sinks.hpp"
#include "record/run.hpp"

namespace intelia {

struct PullSettings {
  std::string name;      // "Qwen/Qwen2.5-0.5B"
  std::string revision;  // branch, tag or commit; empty: the default branch
  std::filesystem::path output;
};

struct PulledModel {
  Json manifest;
  std::string commit;
  std::uint64_t num_bytes = 0;
};

/** The text of hub_client.py. */
const char* hub_client();

/** Whether `name` can be the name of a model on a hub: ORGANIZATION/NAME. */
bool is_hub_name(const std::string& name);

/**
 * Downloads config.json, safetensors weights, tokenizer and chat template of one commit into `output`, checks that they
 * belong together, and writes a manifest with the commit. Files that are already there and unchanged are not downloaded
 * again; an interrupted download is resumed. Throws Error{usage} for a model that does not exist or may not be read and
 * where huggingface_hub is not installed, Error{unavailable} for a hub that does not answer, Error{input} for a model
 * without safetensors weights.
 */
PulledModel pull_model(const PullSettings& settings, const RunInfo& info, const Sinks& sinks);

}  // namespace intelia
