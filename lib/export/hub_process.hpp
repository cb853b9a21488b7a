// Runs a Python program with the Hugging Face client as a child process, and reads the JSON lines that it prints.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sinks.hpp"
#include "record/json.hpp"

namespace intelia {

/**
 * Runs `program` (Python source) with `arguments` and `input` on its standard input, and with `folder` as its FOLDER
 * (hub_prelude.py), also if that is renamed; its output goes to `log`. `watch` is called several times a second with
 * all reports so far. Returns the reports; a report with "error" is thrown as Error{its "kind"} "'SUBJECT': …". The
 * process ends with this one, also when that is interrupted or killed.
 */
std::vector<Json> run_hub_program(const char* program, const std::vector<std::string>& arguments,
                                  std::string_view input, const std::filesystem::path& folder,
                                  const std::filesystem::path& log, const std::string& subject, const StopFlag& stop,
                                  const std::function<void(const std::vector<Json>& reports)>& watch);

/** Throws Error{unavailable}: the program ended without the report that tells its result. */
[[noreturn]] void fail_without_result(const std::filesystem::path& log);

}  // namespace intelia
