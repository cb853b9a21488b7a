// What only the environment may say: a value, or the file that holds it. And randomness for names.
#pragma once

#include <string>

namespace intelia {

/** $NAME, else the content of the file that $NAME_FILE names without space at its end, else "". Error{usage} when that
   file cannot be read, or when there is a control character in the value, which no header may hold. */
std::string secret_from_environment(const std::string& name);

/** 32 hexadecimal digits from the system's randomness. */
std::string random_key();

}  // namespace intelia
