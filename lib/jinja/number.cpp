// See number.hpp.
#include "jinja/number.hpp"

#include <cmath>

namespace intelia::jinja {

namespace {

[[noreturn]] void fail_too_large() { throw RenderError("a number does not fit in 64 bits"); }

Value calculate_reals(Op op, double left, double right) {
  if ((op == Op::floor_divide || op == Op::modulo) && right == 0) throw RenderError("float modulo");
  switch (op) {
    case Op::add:
      return Value::real(left + right);
    case Op::subtract:
      return Value::real(left - right);
    case Op::multiply:
      return Value::real(left * right);
    case Op::floor_divide:
      return Value::real(std::floor(left / right));
    case Op::modulo: {
      const double rest = std::fmod(left, right);
      return Value::real(rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest);
    }
    default:
      return Value::real(std::pow(left, right));
  }
}

/** The remainder has the sign of the divisor. */
Value divide_whole(Op op, std::int64_t left, std::int64_t right) {
  if (right == 0) throw RenderError("integer division or modulo by zero");
  if (right == -1) return op == Op::modulo ? Value::integer(0) : negated(Value::integer(left));
  std::int64_t rest = left % right;
  std::int64_t quotient = left / right;
  if (rest != 0 && (rest < 0) != (right < 0)) {
    rest += right;
    --quotient;
  }
  return Value::integer(op == Op::modulo ? rest : quotient);
}

Value raise_whole(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return Value::real(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  if (exponent == 0) return Value::integer(1);
  if (base == 0 || base == 1) return Value::integer(base);
  if (base == -1) return Value::integer(exponent % 2 == 0 ? 1 : -1);
  std::int64_t power = 1;
  for (std::int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(power, base, &power)) fail_too_large();
  }
  return Value::integer(power);
}

}  // namespace

Value negated(const Value& number) {
  if (!number.is_whole()) return Value::real(-number.as_real());
  if (number.is_large() || number.as_integer() == INT64_MIN) {
    const std::string digits = number.digits();
    return Value::integer(digits.front() == '-' ? digits.substr(1) : '-' + digits);
  }
  return Value::integer(-number.as_integer());
}

Value calculate(Op op, const Value& left, const Value& right) {
  if (op == Op::divide) {
    for (const Value* number : {&left, &right})
      if (number->is_large()) number->as_integer();  // fails: Python divides exactly before it rounds
    if (right.as_real() == 0) throw RenderError("division by zero");
    return Value::real(left.as_real() / right.as_real());
  }
  if (!left.is_whole() || !right.is_whole()) return calculate_reals(op, left.as_real(), right.as_real());
  const std::int64_t a = left.as_integer();
  const std::int64_t b = right.as_integer();
  std::int64_t result = 0;
  bool is_too_large = false;
  switch (op) {
    case Op::add:
      is_too_large = __builtin_add_overflow(a, b, &result);
      break;
    case Op::subtract:
      is_too_large = __builtin_sub_overflow(a, b, &result);
      break;
    case Op::multiply:
      is_too_large = __builtin_mul_overflow(a, b, &result);
      break;
    case Op::floor_divide:
    case Op::modulo:
      return divide_whole(op, a, b);
    default:
      return raise_whole(a, b);
  }
  if (is_too_large) fail_too_large();
  return Value::integer(result);
}

}  // namespace intelia::jinja
