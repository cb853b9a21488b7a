// Python's arithmetic on int and float; an int that does not fit in 64 bits, or a result that does not, is an error.
#pragma once

#include "jinja/parser.hpp"

namespace intelia::jinja {

/** left `op` right, both numbers; `op` is one of add … power. RenderError where Python raises, and on overflow of
   64 bits. */
Value calculate(Op op, const Value& left, const Value& right);
/** -number. */
Value negated(const Value& number);

}  // namespace intelia::jinja
