#include "cli/command.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <thread>

#include "cli/terminal.hpp"
#include "record/json_line.hpp"

namespace intelia {

namespace {

template <class Number>
Number parse_number(const std::string& text, const char* expected) {
  Number number{};
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = end == text.data() + text.size();
  if (status != std::errc{} || !is_number) {
    const bool is_out_of_range = is_number && status == std::errc::result_out_of_range;
    throw Error(Kind::usage, std::string("expected ") + expected + ", got '" + text + "'" +
                                 (is_out_of_range ? ", which is out of range" : ""));
  }
  return number;
}

double parse_finite(const std::string& text) {
  const double number = parse_number<double>(text, "a number");
  if (!std::isfinite(number)) throw Error(Kind::usage, "expected a finite number, got '" + text + "'");
  return number;
}

bool parse_bool(const std::string& text) {
  for (const char* word : {"true", "1", "yes", "on"})
    if (text == word) return true;
  for (const char* word : {"false", "0", "no", "off"})
    if (text == word) return false;
  throw Error(Kind::usage, "expected true or false, got '" + text + "'");
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    std::size_t end = std::min(text.find(',', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

std::string shortest(double number) {
  std::string text;
  append_json_number(text, number);
  return text;
}

template <class List>
std::string join(const List& list) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ',';
    text += std::filesystem::path(item).string();
  }
  return text;
}

}  // namespace

std::vector<std::string> Option::split(const std::string& text) const {
  return is_verbatim ? std::vector<std::string>{text} : split_at_commas(text);
}

Option& OptionTable::add_raw(const std::string& name, const std::string& value_name, const std::string& help) {
  Option option;
  option.name = name;
  option.value_name = value_name;
  option.help = help;
  options_.push_back(std::move(option));
  return options_.back();
}

Option& OptionTable::add_list(const std::string& name, const std::string& value_name, const std::string& help,
                              std::function<void(const std::vector<std::string>&)> set_items) {
  Option& option = add_raw(name, value_name, help);
  option.set_items = std::move(set_items);
  option.set = [set_items = option.set_items](const std::string& text) { set_items(split_at_commas(text)); };
  return option;
}

Option* OptionTable::find(const std::string& name) {
  for (Option& option : options_)
    if (option.name == name) return &option;
  return nullptr;
}

Option& OptionTable::add(const std::string& name, bool& target, const std::string& help) {
  Option& option = add_raw(name, "", help);
  option.set = [&target](const std::string& text) { target = parse_bool(text); };
  option.get = [&target] { return std::string(target ? "true" : "false"); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, int& target, const std::string& help) {
  Option& option = add_raw(name, "N", help);
  option.set = [&target](const std::string& text) { target = parse_number<int>(text, "a whole number"); };
  option.get = [&target] { return std::to_string(target); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, int& target, const std::string& help, const std::string& word,
                         int value_of_word) {
  Option& option = add_raw(name, "N|" + word, help);
  option.set = [&target, word, value_of_word](const std::string& text) {
    const std::string expected = "a whole number or '" + word + "'";
    target = text == word ? value_of_word : parse_number<int>(text, expected.c_str());
    if (target == value_of_word && text != word)
      throw Error(Kind::usage, "expected " + expected + ", got '" + text + "'");
  };
  option.get = [&target, word, value_of_word] { return target == value_of_word ? word : std::to_string(target); };
  option.json = [&target, word, value_of_word] { return target == value_of_word ? Json(word) : Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::int64_t& target, const std::string& help) {
  Option& option = add_raw(name, "N", help);
  option.set = [&target](const std::string& text) { target = parse_number<std::int64_t>(text, "a whole number"); };
  option.get = [&target] { return std::to_string(target); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::uint64_t& target, const std::string& help) {
  Option& option = add_raw(name, "N", help);
  option.set = [&target](const std::string& text) {
    target = parse_number<std::uint64_t>(text, "a whole number, zero or more");
  };
  option.get = [&target] { return std::to_string(target); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, double& target, const std::string& help) {
  Option& option = add_raw(name, "NUMBER", help);
  option.set = [&target](const std::string& text) { target = parse_finite(text); };
  option.get = [&target] { return shortest(target); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::vector<double>& target, const std::string& help,
                         const std::string& value_name) {
  Option& option = add_list(name, value_name, help, [&target](const std::vector<std::string>& items) {
    std::vector<double> numbers;
    for (const std::string& item : items) numbers.push_back(parse_finite(item));
    target = std::move(numbers);
  });
  option.get = [&target] {
    std::string text;
    for (const double number : target) text += (text.empty() ? "" : ",") + shortest(number);
    return text;
  };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::string& target, const std::string& help,
                         const std::string& value_name) {
  Option& option = add_raw(name, value_name, help);
  option.set = [&target](const std::string& text) { target = text; };
  option.get = [&target] { return target; };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::filesystem::path& target, const std::string& help,
                         const std::string& value_name) {
  Option& option = add_raw(name, value_name, help);
  option.is_file = true;
  option.set = [&target](const std::string& text) {
    if (text.empty()) throw Error(Kind::usage, "expected a path, got an empty string");
    target = text;
  };
  option.get = [&target] { return target.string(); };
  option.json = [&target] { return Json(target.string()); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::vector<std::string>& target, const std::string& help,
                         const std::string& value_name) {
  Option& option =
      add_list(name, value_name, help, [&target](const std::vector<std::string>& items) { target = items; });
  option.get = [&target] { return join(target); };
  option.json = [&target] { return Json(target); };
  return option;
}

Option& OptionTable::add_texts(const std::string& name, std::vector<std::string>& target, const std::string& help,
                               const std::string& value_name) {
  Option& option = add(name, target, help, value_name);
  option.is_verbatim = true;
  option.set = [&target](const std::string& text) { target = {text}; };
  option.get = [&target] { return target.empty() ? "" : Json(target).dump(); };
  return option;
}

Option& OptionTable::add(const std::string& name, std::vector<std::filesystem::path>& target, const std::string& help,
                         const std::string& value_name) {
  Option& option = add_list(name, value_name, help, [&target](const std::vector<std::string>& items) {
    target.assign(items.begin(), items.end());
  });
  option.is_file = true;
  option.get = [&target] { return join(target); };
  option.json = [&target] {
    Json list = Json::array();
    for (const auto& path : target) list.push_back(path.string());
    return list;
  };
  return option;
}

Option& OptionTable::add_presets(const std::string& name, std::string& target, const std::string& help,
                                 std::vector<OptionPreset> presets) {
  preset_option_ = name;
  presets_ = std::move(presets);
  Option& option = add(name, target, help, "NAME");
  for (const OptionPreset& preset : presets_) option.choices.push_back(preset.name);
  option.set = [&target, choices = option.choices](const std::string& text) {
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      std::string list;
      for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
      throw Error(Kind::usage, "expected one of " + list + ", got '" + text + "'");
    }
    target = text;
  };
  return option;
}

const std::vector<std::pair<std::string, std::string>>& OptionTable::preset_values() const {
  static const std::vector<std::pair<std::string, std::string>> none;
  for (const Option& option : options_) {
    if (option.name != preset_option_) continue;
    for (const OptionPreset& preset : presets_)
      if (preset.name == option.get()) return preset.values;
  }
  return none;
}

std::string wrap(const std::string& text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const bool starts_line = out.empty() || out.back() == '\n' || out.back() == ' ';
    if (!starts_line && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!starts_line) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    if (end < text.size() && text[end] == '\n') {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    }
    begin = end + 1;
  }
  return out;
}

int num_threads(const CommonOptions& common) {
  return common.threads > 0 ? common.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void Context::print(std::string_view text) const {
  if (std::fwrite(text.data(), 1, text.size(), out) != text.size() || std::fflush(out) != 0) {
    if (errno == EPIPE) throw ClosedPipe();
    throw Error(Kind::io, "cannot write to standard output: " + system_message(errno));
  }
}

void Context::finish(const Json& summary, const std::string& words) const {
  sinks.progress.finish();
  if (common.json)
    print(json_line(summary));
  else
    log().info(words);
}

void Context::finish_after_data(const Json& summary, const std::string& words) const {
  sinks.progress.finish();
  if (!common.json) return log().info(words);
  const std::string line = json_line(summary);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace intelia
