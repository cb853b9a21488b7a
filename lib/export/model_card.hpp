// The model card (README.md) of a folder that is published, written from its manifest and those of the runs before it:
// base, data with counts and hashes, settings, results. It names files, not folders of this machine.
#pragma once

#include <filesystem>
#include <string>

#include "base/sinks.hpp"

namespace intelia {

struct CardSettings {
  std::string name;        // "farm/assistant"
  std::string license;     // of the hub's list, "apache-2.0"; empty: not stated
  std::string base_model;  // on the hub; empty: as the manifests or the adapter say
};

/** The card of `folder`. Warns of what it cannot state. */
std::string model_card(const std::filesystem::path& folder, const CardSettings& settings, Log& log);

}  // namespace intelia
