#include "routing/language/expression.hpp"

#include <algorithm>

#include "routing/language/program.hpp"

namespace routing {

double Expression::number(const View& view) const {
  return program_ ? program_->number(view) : 0;
}

std::optional<Slopes> Expression::slopes() const {
  return program_ ? program_->slopes : std::nullopt;
}

Truth Expression::outcome(const View& view) const {
  return program_ ? program_->truth(view) : Truth::no;
}

bool Expression::truth(const View& view) const {
  const Truth result = outcome(view);
  if (result == Truth::no_evidence) return program_->reading == Reading::open;
  return result == Truth::yes;
}

bool Expression::reads(Source source) const {
  return program_ && program_->sources.test(static_cast<std::size_t>(source));
}

bool Expression::reads(Fact fact) const {
  const auto is_load = [](Operation operation) {
    return operation == Operation::load || operation == Operation::truth_load ||
           operation == Operation::text_load;
  };
  return program_ && std::ranges::any_of(program_->code, [&](const Instruction& each) {
           return is_load(each.operation) && each.fact == fact;
         });
}

std::vector<std::string> Expression::headers() const {
  std::vector<std::string> names;
  if (!program_) return names;
  for (const Instruction& each : program_->code) {
    if (each.operation == Operation::text_header) names.push_back(program_->texts[each.target]);
  }
  return names;
}

std::optional<Margin> Expression::margin(const View& view) const {
  return program_ ? program_->margin(view) : std::nullopt;
}

}  // namespace routing
