// Turns the settings that a library's message names (`batch_size`) into the options of a command (--batch-size).
#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"
#include "cli/command.hpp"

namespace intelia {

/** `text` with each setting in backticks replaced by its option where `table` has one; others lose their backticks. */
std::string with_option_names(const std::string& text, const OptionTable& table);

/** Runs `work`; settings that an Error names become options. */
template <class Work>
auto naming_options(const OptionTable& table, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Interrupted& error) {
    throw Interrupted(error.signal_number(), with_option_names(error.what(), table));
  } catch (const SettingError&) {
    throw;  // names its setting by itself
  } catch (const Error& error) {
    throw Error(error.kind(), with_option_names(error.what(), table));
  }
}

}  // namespace intelia
