#include "routing/policy_parts.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace routing {

namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo).
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0);
  }
  template <class T>
  void add_number(std::string_view what, const std::optional<T>& value) {
    if (value) add(std::string(what) + std::to_string(*value));
  }
  std::uint64_t value() const { return value_; }

 private:
  void step(unsigned char byte) { value_ = (value_ ^ byte) * 1099511628211ull; }
  std::uint64_t value_ = 14695981039346656037ull;
};

}  // namespace

void append(Pieces& pieces, const Pieces& more) {
  pieces.insert(pieces.end(), more.begin(), more.end());
}

Parts inherited(Parts parent, const Parts& own) {
  append(parent.allow, own.allow);
  append(parent.require, own.require);
  append(parent.prefer, own.prefer);
  append(parent.relax, own.relax);
  parent.is_complete = parent.is_complete && own.is_complete;
  if (own.minimize || own.value_of_time || own.choose) {
    parent.minimize = own.minimize;
    parent.value_of_time = own.value_of_time;
    parent.choose = own.choose;
  }
  if (own.attempts) parent.attempts = own.attempts;
  if (own.deadline) parent.deadline = own.deadline;
  if (own.hedge_budget) parent.hedge_budget = own.hedge_budget;
  if (own.explore) parent.explore = own.explore;
  return parent;
}

std::uint64_t hash_of(const Parts& parts) {
  Hash hash;
  const auto list = [&](std::string_view name, const Pieces& pieces) {
    hash.add(name);
    for (const Piece& piece : pieces) hash.add(piece.written);
  };
  const auto single = [&](std::string_view name, const std::optional<Piece>& piece) {
    hash.add(name);
    if (piece) hash.add(piece->written);
  };
  list("allow", parts.allow);
  list("require", parts.require);
  list("prefer", parts.prefer);
  list("relax", parts.relax);
  single("minimize", parts.minimize);
  single("value_of_time", parts.value_of_time);
  single("choose", parts.choose);
  hash.add_number("attempts", parts.attempts);
  hash.add_number("hedge", parts.hedge_budget);
  hash.add_number("explore", parts.explore);
  if (parts.deadline) hash.add("deadline" + std::to_string(parts.deadline->count()));
  return hash.value();
}

}  // namespace routing
