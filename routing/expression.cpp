#include "routing/expression.hpp"

namespace routing {

// No rule can be compiled yet, so nobody has an expression to ask; one that is asked anyway fails closed.
double Expression::number(const View&) const {
  return unknown;
}

bool Expression::truth(const View&) const {
  return false;
}

}  // namespace routing
