#include "routing/language/name_page.hpp"

#include <array>
#include <utility>

namespace routing {

using namespace dimensions;

std::string unit_text(const FactInfo& fact) {
  if (fact.type != Type::number) {
    return fact.domain == Domain::any
               ? std::string(to_text(fact.type))
               : std::string(to_text(fact.type)) + ": " + std::string(to_text(fact.domain));
  }
  if (fact.dimension == plain && fact.most == 1) return "a share, 0 to 1";
  return to_text(fact.dimension);
}

namespace {

std::string rows(Source source) {
  std::string text = "| name | unit | what it is | when unknown |\n| --- | --- | --- | --- |\n";
  for (const FactInfo& fact : facts()) {
    if (fact.source != source) continue;
    text += "| `" + std::string(fact.name) + "` | " + unit_text(fact) + " | " + std::string(fact.about) +
            " | " + std::string(fact.when_unknown) + " |\n";
  }
  return text;
}

constexpr std::string_view opening =
    "# Names of the policy language\n\n"
    "Made from the table in `routing/language/fact.cpp` that the language itself reads; a test keeps both "
    "equal.\n\n"
    "Units of literals: `us ms s min h d`, `tok ktok Mtok`, `$`, `%`, and their quotients such as `20 $/h`,\n"
    "`0.5 $/Mtok` and `45 tok/s`. Operators, loosest first: `if then else`, `or`, `and`, `not`,\n"
    "`< <= > >= == != in`, `+ -`, `* /`, sign, `^`. In sets, `EU` and `EEA` stand for their members;\n"
    "`regions in [EU]` is true where all of a host's datacentres are there, `DE in regions` where one is.\n\n"
    "What is unknown:\n\n"
    "- A fact that is not declared satisfies no rule, asked one way or the other: neither "
    "`trains_on_prompts`\n"
    "  nor `not trains_on_prompts` is true of a host that says nothing. `and` and `or` still decide where "
    "the\n"
    "  other side is enough.\n"
    "- A live value without evidence satisfies `require` and `prefer`, and never `allow`. In `minimize` and\n"
    "  `choose` it counts as what the prediction makes of it. Where both kinds of unknown meet, the "
    "undeclared\n"
    "  one wins.\n"
    "- A condition that is unknown takes the dearer branch in `minimize` and the lesser one in `choose`.\n\n"
    "No expression fails: dividing by zero gives 1e300 with the sign of the numerator, zero by zero is zero, "
    "a\n"
    "broken power of a negative number is zero, and every result lies within 1e300 of zero.\n";

}  // namespace

std::string name_page() {
  std::string text(opening);
  constexpr std::array<std::pair<Source, std::string_view>, 4> groups{
      {{Source::declared, "Declared: what the configuration says of an endpoint"},
       {Source::predicted, "Predicted: what is expected of this request at an endpoint"},
       {Source::measured, "Measured: what earlier replies of an endpoint showed"},
       {Source::request, "Request: what came with it; all that `when` can see"}}};
  for (const auto& [source, title] : groups) text += "\n## " + std::string(title) + "\n\n" + rows(source);
  text += "\n## Functions\n\n| form | gives | what it is |\n| --- | --- | --- |\n";
  for (const FunctionInfo& function : functions()) {
    text += "| `" + std::string(function.form) + "` | " + std::string(function.gives) + " | " +
            std::string(function.about) + " |\n";
  }
  return text;
}

}  // namespace routing
