#include "extraction/roles.hpp"

#include "base/error.hpp"
#include "base/nearest_word.hpp"
#include "extraction/foreign_text.hpp"

namespace intelia::extraction {

RoleNames::RoleNames(const std::vector<std::string>& added) {
  for (const char* name : {"user", "human", "prompter", "customer", "client", "question"}) roles_[name] = Role::user;
  for (const char* name : {"assistant", "gpt", "bot", "ai", "model", "chatbot", "chatgpt", "agent", "answer"})
    roles_[name] = Role::assistant;
  for (const char* name : {"system", "developer", "tool", "function", "ipython", "observation"})
    roles_[name] = Role::left_out;
  for (const std::string& mapping : added) {
    const std::size_t equals = mapping.rfind('=');
    const std::string theirs = lower_case(trimmed(std::string_view(mapping).substr(0, equals)));
    const std::string ours = equals == std::string::npos ? "" : mapping.substr(equals + 1);
    if (theirs.empty() || ours.empty())
      throw SettingError(Kind::usage, "roles",
                         "expected THEIR_NAME=OUR_NAME such as vet=assistant, got '" + mapping + "'");
    if (ours != "user" && ours != "assistant" && ours != "system")
      throw SettingError(Kind::usage, "roles",
                         "unknown role '" + ours + "'" + did_you_mean(ours, {"user", "assistant", "system"}) +
                             "; expected user, assistant or system after the '='");
    if (theirs == "user" || theirs == "assistant" || theirs == "system")
      throw SettingError(Kind::usage, "roles", "'" + theirs + "' is a built-in role and cannot be mapped");
    roles_[theirs] = ours == "user" ? Role::user : ours == "assistant" ? Role::assistant : Role::left_out;
  }
}

std::optional<Role> RoleNames::find(std::string_view name) const {
  auto place = roles_.find(name);
  if (place == roles_.end()) place = roles_.find(lower_case(trimmed(name)));
  if (place == roles_.end()) return std::nullopt;
  return place->second;
}

}  // namespace intelia::extraction
