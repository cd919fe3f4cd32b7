// Any text compiles or is refused with a problem, in every place of a policy, and what compiles gives a
// finite number or a truth whatever is known.
#include <cmath>
#include <cstdlib>
#include <string>

#include "routing/policy/piece.hpp"
#include "tests/support/small_market.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const routing::Vocabulary vocabulary(support::small_settings());
  static const support::SmallMarket market;
  if (size == 0) return 0;
  const auto use = static_cast<routing::Use>(data[0] % 8);
  const config::SourceText source{.text = std::string(reinterpret_cast<const char*>(data) + 1, size - 1),
                                  .place = {"fuzz", 1, 1}};
  config::Problems problems;
  const routing::Pieces pieces = compile_text(source, "fuzz", use, vocabulary, problems);
  if (pieces.empty() && problems.empty()) std::abort();
  for (const routing::Piece& piece : pieces) {
    for (const char* endpoint : {"maker", "shade", "none"}) {
      const routing::View view = market.view(endpoint);
      if (piece.root().type == routing::Type::truth) piece.rule.expression.truth(view);
      if (piece.root().type != routing::Type::number) continue;
      if (!std::isfinite(piece.rule.expression.number(view))) std::abort();
    }
  }
  return 0;
}
