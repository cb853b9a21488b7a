// The role of a stored message, by the names that other systems use.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia::extraction {

enum class Role { user, assistant, left_out /* system prompts, and results of tools */ };

/**
 * Names are case-insensitive. User: user, human, prompter, customer, client, question. Assistant: assistant, gpt,
 * bot, ai, model, chatbot, chatgpt, agent, answer. Ignored: system, developer, tool, function, ipython, observation.
 */
class RoleNames {
 public:
  /** `added`: "theirs=user", "theirs=assistant" or "theirs=system", as in the setting `roles`. Throws
     SettingError{usage} naming the option for anything else, and for user, assistant and system themselves. */
  explicit RoleNames(const std::vector<std::string>& added = {});

  /** Nothing when the name is unknown. */
  std::optional<Role> find(std::string_view name) const;

 private:
  std::map<std::string, Role, std::less<>> roles_;
};

}  // namespace intelia::extraction
