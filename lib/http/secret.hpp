// Secrets from the environment: a value, or the file that holds it. And random keys.
#pragma once

#include <string>

namespace intelia {

/** $NAME, else the content of the file that $NAME_FILE names without trailing whitespace, else "". Error{usage} when
   the file cannot be read, or when the value has a control character, which HTTP headers must not contain. */
std::string secret_from_environment(const std::string& name);

/** 32 hexadecimal digits from the system's random generator. */
std::string random_key();

}  // namespace intelia
