// Python's arithmetic on int (64 bits: overflow is an error) and float.
#pragma once

#include "jinja/parser.hpp"

namespace intelia::jinja {

/** left `op` right, both numbers; `op` is one of add … power. RenderError where Python raises, and on overflow of
   64 bits. */
Value calculate(Op op, const Value& left, const Value& right);
/** -number. */
Value negated(const Value& number);

}  // namespace intelia::jinja
