// What a training command reports at its end.
#pragma once

#include <string>

#include "record/json.hpp"

namespace intelia {

/** Texts may name settings in backticks (`batch_size`), as messages of errors do. */
struct TrainingReport {
  std::string table;  // lines of text, printed unless JSON is requested; may be empty
  Json summary;
  std::string words;        // one sentence for people
  bool is_positive = true;  // false: the data has faults, or the run does not fit the memory
};

}  // namespace intelia
