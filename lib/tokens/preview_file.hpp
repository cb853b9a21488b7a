// Previews a dataset file: which records are shown, which are rejected, and the totals.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/sinks.hpp"
#include "record/jsonl.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokens/preview_page.hpp"

namespace intelia {

/** What records are encoded with. */
struct PreviewModel {
  std::unique_ptr<Tokenizer> tokenizer;
  ChatTemplate chat_template;
  EncodeOptions encode;
};

struct PreviewSettings {
  PreviewStyle style;
  std::int64_t max_records = 10;  // 0: all
  std::int64_t line = 0;          // the only line that is shown; 0: no such restriction
};

struct PreviewTotals {
  std::int64_t records = 0, tokens = 0, trained = 0, truncated_tokens = 0;
};

/**
 * Passes the preview to `write` piece by piece. Lines that are neither conversation, plain text nor preference, and
 * records that cannot be encoded, go to `rejects`; where they were asked for by number they are an Error{input}, as is
 * a line that does not exist.
 */
PreviewTotals preview_file(RecordLines& lines, const PreviewSettings& settings, const PreviewModel& model,
                           Rejects& rejects, const StopFlag& stop,
                           const std::function<void(const std::string&)>& write);

}  // namespace intelia
