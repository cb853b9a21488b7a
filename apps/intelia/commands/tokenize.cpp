// intelia tokenize: lines of text to one JSON array of ids per line.
#include <simdjson.h>

#include <charconv>

#include "cli/line_pipe.hpp"
#include "options/model_options.hpp"
#include "text/utf8.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
  LinePipeSettings pipe;
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  SpecialTokens special;
  bool json_lines = false;
};

void declare(OptionTable& table, Options& options) {
  declare_line_pipe(table, options.pipe, "Lines of text");
  table.add("model", options.model, "Folder with tokenizer.json or tokenizer.model", "FOLDER").required();
  declare_tokenizer_rules(table, options.tokenizer_rules);
  table.add("add-special", options.special.add, "Add BOS and EOS as the tokenizer's post-processor does");
  table.add("special", options.special.parse, "Parse control tokens in the text; by default they are encoded as text");
  table.add("json-lines", options.json_lines, "Each line is a JSON string, which may contain newlines");
}

/** The text of a line that is a JSON string, or nothing. */
std::optional<std::string_view> parse_string(std::string_view line) {
  static thread_local simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(line.data(), line.size(), /*realloc_if_needed=*/true).get(text)) return std::nullopt;
  return text;
}

void append_ids(std::string& out, const std::vector<std::int32_t>& ids) {
  char digits[16];
  out += '[';
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) out += ',';
    out.append(digits, std::to_chars(digits, digits + sizeof digits, ids[i]).ptr);
  }
  out += ']';
}

LineResult tokenize_line(const Tokenizer& tokenizer, const Options& options, std::string_view line, std::string& out) {
  LineResult result;
  std::string_view text = line;
  if (options.json_lines) {
    const auto parsed = parse_string(line);
    if (!parsed) return {"not a JSON string of Unicode text: expected \"…\""};
    text = *parsed;
  } else {
    result.is_repaired = !is_valid_utf8(line);
  }
  const std::vector<std::int32_t> ids = tokenizer.encode(text, options.special);
  append_ids(out, ids);
  result.count = static_cast<std::int64_t>(ids.size());
  return result;
}

int run(const Options& options, Context& context) {
  check_file_argument(options.pipe.file);
  check_is_folder("model", options.model);
  const std::unique_ptr<Tokenizer> tokenizer = load_tokenizer(options.model, options.tokenizer_rules);
  const LinePipeTotals totals = pipe_lines(context, options.pipe, "null", [&](std::string_view line, std::string& out) {
    return tokenize_line(*tokenizer, options, line, out);
  });
  context.finish_after_data(totals_json(totals, "token"), describe_totals(totals, "token"));
  return 0;
}

}  // namespace

extern const Command tokenize{"tokenize", "Convert lines of text to token ids",
                              "Writes one JSON array of ids per line. A line is every byte up to its newline, "
                              "including a carriage return; an empty "
                              "line is []. Bytes that are not UTF-8 count as U+FFFD, with a warning. With "
                              "--json-lines, a line that is not a JSON "
                              "string is invalid: it is reported and null is written in its place, so that line N of "
                              "the output always corresponds "
                              "to line N of the input.\n\n"
                              "Example: echo 'The hens are laying.' | intelia tokenize --model models/tiny",
                              bind<Options, declare, run>};

}  // namespace intelia
