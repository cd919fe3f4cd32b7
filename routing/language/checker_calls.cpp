#include <algorithm>
#include <vector>

#include "routing/language/checker.hpp"

namespace routing {

using namespace dimensions;

void Checker::call(Node& found) {
  if (found.text == "supports") return supports(found);
  if (found.text == "header") return header(found);
  if (found.text == "probability") return probability(found);
  if (found.text == "min" || found.text == "max") return extreme(found);
  if (found.text == "weighted") return complain(found, "`weighted` belongs into `choose` alone", "");
  const std::string near = config::nearest(found.text, {"supports", "header", "probability", "min", "max"});
  complain(found, "there is no function " + in_quotes(found.text),
           near.empty() ? "the functions are supports, header, probability, min and max"
                        : "did you mean " + in_quotes(near) + "?");
}

const Node* Checker::text_argument(const Node& found, std::string_view example) {
  if (found.children.size() == 1) {
    Node& argument = child(found, 0);
    if (argument.form == Form::word) argument.form = Form::text;
    argument.type = Type::text;
    if (argument.form == Form::text) return &argument;
  }
  complain(found, in_quotes(found.text) + " takes one text", "write " + in_quotes(example));
  return nullptr;
}

void Checker::supports(Node& found) {
  if (use_ == Use::when || is_rate()) {
    return complain(found, "`supports` is about an endpoint, and " + in_quotes(to_text(use_)) + " sees none",
                    "");
  }
  const Node* argument = text_argument(found, "supports(\"tools\")");
  if (argument == nullptr) return;
  std::vector<std::string> features;
  for (std::size_t i = 0; i < config::feature_count; ++i) {
    features.emplace_back(to_text(static_cast<config::Feature>(i)));
    if (features.back() == argument->text) found.number = static_cast<double>(i), found.type = Type::truth;
  }
  if (found.type == Type::truth) return;
  const std::string near = config::nearest(argument->text, features);
  std::string all;
  for (const std::string& feature : features) all += (all.empty() ? "" : ", ") + feature;
  complain(*argument, in_quotes(argument->text) + " is not a feature",
           near.empty() ? "the features are " + all : "did you mean " + in_quotes(near) + "?");
}

void Checker::header(Node& found) {
  Node* argument = const_cast<Node*>(text_argument(found, "header(\"x-tier\")"));
  if (argument == nullptr) return;
  std::ranges::transform(argument->text, argument->text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (!argument->text.starts_with("x-")) {
    return complain(*argument, "only headers whose name begins with `x-` can be read", "");
  }
  if (is_rate())
    return complain(found, in_quotes(to_text(use_)) + " is a constant", std::string(rate_advice()));
  found.type = Type::text;
}

}  // namespace routing
