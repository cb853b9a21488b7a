#include "record/json_line.hpp"

#include "record/json.hpp"
#include "record/json_text.hpp"

namespace intelia {

std::string json_line(const Json& json) {
  // Outside strings all characters are ASCII.
  std::string line = json_text(json);
  for (const auto& [character, escape] :
       {std::pair("\xC2\x85", "\\u0085"), std::pair("\xE2\x80\xA8", "\\u2028"), std::pair("\xE2\x80\xA9", "\\u2029")})
    for (std::size_t at = line.find(character); at != std::string::npos; at = line.find(character, at))
      line.replace(at, std::char_traits<char>::length(character), escape);
  return line + "\n";
}

}  // namespace intelia
