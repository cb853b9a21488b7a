// Common steps of writing a model folder: the check of free disk space, and the removal of stale files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/run.hpp"

namespace intelia {

/** Throws Error{io} unless `weight_bytes`, and some space for headers and the tokenizer, are free in the run's folder;
    `need` is "the model needs", `remedy` an alternative to freeing space, or empty. */
void check_room_for_weights(const Run& run, std::uint64_t weight_bytes, const std::string& need,
                            const std::string& remedy = "");

/** Whether `name` is that of a license, a notice or a use policy, which go with the weights. */
bool is_license_file(const std::string& name);

/** Copies the licenses of `model`, and logs which of its other files are not in the new folder; after all else is
    staged. */
void stage_licenses(Run& run, const std::filesystem::path& model, Log& log);

/** Stages a file of the text side, whose name may have a folder ("additional_chat_templates/tool_use.jinja"). */
void stage_text_file(Run& run, const std::string& name, std::string_view content);

/** Stages the chat templates of `model`, also those that only its tokenizer_config.json has, as .jinja files.
   Error{input} for one whose name cannot be that of a file. */
void stage_chat_templates(Run& run, const std::filesystem::path& model);

/** Lets commit() remove weights and tokenizer files of an earlier run that this one neither replaces nor lists in
   `kept`: they would be read as parts of this model. */
void remove_stale_model_files(Run& run, const std::vector<std::string>& kept = {});

}  // namespace intelia
