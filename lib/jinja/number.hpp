// Python's arithmetic on int (64 bits: more is an error, never another number) and float.
#pragma once

#include "jinja/parser.hpp"

namespace intelia::jinja {

/** left `op` right, both numbers; `op` is one of add … power. RenderError where Python raises or 64 bits do not
 * suffice. */
Value calculate(Op op, const Value& left, const Value& right);
/** -number. */
Value negated(const Value& number);

}  // namespace intelia::jinja
