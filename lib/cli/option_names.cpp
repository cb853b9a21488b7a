#include "cli/option_names.hpp"

#include <algorithm>

namespace intelia {

std::string with_option_names(const std::string& text, const OptionTable& table) {
  std::string result;
  std::size_t done = 0;
  for (;;) {
    const std::size_t open = text.find('`', done), close = text.find('`', open == std::string::npos ? open : open + 1);
    if (close == std::string::npos) return result + text.substr(done);
    const std::string setting = text.substr(open + 1, close - open - 1);
    std::string name = setting;
    std::replace(name.begin(), name.end(), '_', '-');
    const bool is_option = std::any_of(table.options().begin(), table.options().end(),
                                       [&](const Option& option) { return option.name == name; });
    result += text.substr(done, open - done) + (is_option ? "--" + name : setting);
    done = close + 1;
  }
}

}  // namespace intelia
