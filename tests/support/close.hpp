// Numbers that need not be equal to the last bit. doctest's own Approx allows a share of one more than the
// number, so that a millionth of a dollar or a share of failures "equals" nearly anything: tests/layering.sh
// lets it in nowhere.
#pragma once

#include <cmath>
#include <ostream>
#include <type_traits>

namespace support {

struct Near {
  double value = 0;
  double apart = 0;  // at most

  template <typename Number>
  requires std::is_constructible_v<double, Number>
  friend bool operator==(const Number& found, const Near& wanted) {
    return std::abs(static_cast<double>(found) - wanted.value) <= wanted.apart;
  }
  friend std::ostream& operator<<(std::ostream& out, const Near& wanted) {
    return out << wanted.value << " +- " << wanted.apart;
  }
};

// `share` is of the number itself. Only nought is close to nought: `within` says how near to it is near
// enough.
inline Near close(double value, double share = 1e-5) {
  return {value, std::abs(value) * share};
}

inline Near within(double apart, double value) {
  return {value, apart};
}

}  // namespace support
