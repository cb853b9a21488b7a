// intelia detokenize: one JSON array of ids per line to lines of text.
#include <fmt/format.h>
#include <simdjson.h>

#include "cli/line_pipe.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
  LinePipeSettings pipe;
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  bool skip_special = false;
  bool json_lines = false;
};

void declare(OptionTable& table, Options& options) {
  declare_line_pipe(table, options.pipe, "JSON arrays of ids, one per line");
  table.add("model", options.model, "Folder with tokenizer.json or tokenizer.model", "FOLDER").required();
  declare_tokenizer_rules(table, options.tokenizer_rules);
  table.add("skip-special", options.skip_special, "Omit control tokens from the text");
  table.add("json-lines", options.json_lines, "Write each text as a JSON string, which may contain newlines");
}

/** Fills `ids`; returns the fault when `line` is not an array of ids below `size`. */
std::optional<std::string> parse_ids(std::string_view line, std::int32_t size, std::vector<std::int32_t>& ids) {
  static thread_local simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(line.data(), line.size(), /*realloc_if_needed=*/true).get(array))
    return "not a JSON array of ids: expected [1,2,…]";
  for (const simdjson::dom::element element : array) {
    std::int64_t id = 0;
    if (element.get(id)) return fmt::format("not a JSON array of ids: element {} is not an integer", ids.size());
    if (id < 0 || id >= size) return fmt::format("id {} is out of range, the tokenizer has 0 to {}", id, size - 1);
    ids.push_back(static_cast<std::int32_t>(id));
  }
  return std::nullopt;
}

LineResult detokenize_line(const Tokenizer& tokenizer, const Options& options, std::string_view line,
                           std::string& out) {
  std::vector<std::int32_t> ids;
  if (auto fault = parse_ids(line, tokenizer.vocabulary_size(), ids)) return {std::move(fault)};
  const std::string text = tokenizer.decode(ids, options.skip_special);
  if (options.json_lines)
    append_json_string(out, text);
  else if (text.find('\n') != std::string::npos)
    return {"the text contains a newline: use --json-lines"};
  else
    out += text;
  return {std::nullopt, static_cast<std::int64_t>(ids.size())};
}

int run(const Options& options, Context& context) {
  check_file_argument(options.pipe.file);
  check_is_folder("model", options.model);
  const std::unique_ptr<Tokenizer> tokenizer = load_tokenizer(options.model, options.tokenizer_rules);
  const LinePipeTotals totals = pipe_lines(
      context, options.pipe, options.json_lines ? "null" : "",
      [&](std::string_view line, std::string& out) { return detokenize_line(*tokenizer, options, line, out); });
  context.finish_after_data(totals_json(totals, "token"), describe_totals(totals, "token"));
  return 0;
}

}  // namespace

extern const Command detokenize{
    "detokenize", "Convert token ids back to text",
    "Reads one JSON array of ids per line and writes one line of text: the text that tokenize read, as far as the "
    "tokenizer is reversible. A line that is not an array of ids, an id that the tokenizer does not have, and a text "
    "with a newline (which requires --json-lines) are invalid: they are reported, and an empty line (null with "
    "--json-lines) is written in their place. Bytes that are not UTF-8 become U+FFFD.\n\n"
    "Example: echo 'The hens are laying.' | intelia tokenize --model models/tiny | intelia detokenize --model "
    "models/tiny",
    bind<Options, declare, run>};

}  // namespace intelia
