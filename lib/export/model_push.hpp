// Publishes a model, adapter or GGUF folder on a model hub through the Hugging Face client, the Python package
// huggingface_hub, which runs as a child process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/sinks.hpp"

namespace intelia {

struct PushSettings {
  std::filesystem::path folder;
  std::string name;        // "farm/assistant"
  std::string revision;    // branch; empty: the default branch
  bool is_private = true;  // if the model is created
  std::string license, base_model;
  std::string message;  // of the commit; empty: one that names the program
};

struct PushFile {
  std::string name;
  std::uint64_t num_bytes = 0;
};

struct PushPlan {
  std::vector<PushFile> files;
  std::map<std::string, std::string> texts;  // name → content of the files that are not sent as they are in the folder
  std::vector<std::string> left_out;         // names of files that are not published

  std::uint64_t num_bytes() const;
};

/** The text of hub_push_client.py. */
const char* hub_push_client();

/** Lists what is published: weights, configuration, tokenizer, chat templates, Modelfile, and a model card from the
    manifests. Manifests themselves, hashes of trained records, logs and checkpoints are not. Configuration names no
    folder of this machine: an adapter gets the name of its base on the hub. Error{input} for a folder without weights,
    Error{usage} for an adapter whose base has no known name; nothing is sent. */
PushPlan plan_push(const PushSettings& settings, Log& log);

struct PushedModel {
  std::string commit, url;
};

/** Creates the model on the hub if it does not exist and sends the files in one commit. Error{usage} without a token or
    the right to write, Error{unavailable} for a hub that does not answer. */
PushedModel push_model(const PushPlan& plan, const PushSettings& settings, const Sinks& sinks);

}  // namespace intelia
