// A LoRA adapter as a GGUF file that llama.cpp applies to the base model.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "export/gguf_model.hpp"
#include "export/merged_model.hpp"

namespace intelia {

std::uint64_t gguf_adapter_bytes(const MergedModel& merged, ExportType type);

/** Writes the adapter of `merged`; not yet committed. llama.cpp scales by alpha/rank; other scalings (rsLoRA,
    alpha_pattern) are multiplied into B. Error{input} for DoRA and for modules_to_save, which a GGUF adapter cannot
   have.
 */
AtomicFile write_gguf_adapter(const MergedModel& merged, ExportType type, const std::filesystem::path& path,
                              const Sinks& sinks);

}  // namespace intelia
