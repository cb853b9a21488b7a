// The model card (README.md) of a folder that is published, written from its manifest and those of the runs before it:
// base, data with counts and hashes, settings, results. It names files, not folders of this machine.
#pragma once

#include <filesystem>
#include <string>

#include "base/sinks.hpp"

namespace intelia {

/** Whether `name` can be the name of a base on the hub: ORGANIZATION/NAME, or NAME, as the oldest models have it. */
bool is_hub_base_name(const std::string& name);

/** The name on the hub of the base of `folder`, a model or an adapter: `given`, else the one from which `model pull`
   had it, as the manifests say, or the one that the adapter names. Empty when it is not known. */
std::string hub_base_of(const std::filesystem::path& folder, const std::string& given);

struct CardSettings {
  std::string name;        // "farm/assistant"
  std::string license;     // of the hub's list, "apache-2.0"; empty: not stated
  std::string base_model;  // on the hub, see hub_base_of; empty: not stated
};

/** The card of `folder`. Warns of what it cannot state. */
std::string model_card(const std::filesystem::path& folder, const CardSettings& settings, Log& log);

}  // namespace intelia
