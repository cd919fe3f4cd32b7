// Whatever a client asks for as a schema and whatever a model answers: it is judged within its effort, and
// the same way each time. The two stand in one text, with a line's end between them.
#include <string>
#include <string_view>

#include "providers/json/schema_check.hpp"
#include "tests/fuzz/expect.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string schema(text.substr(0, end)), value(text.substr(end + 1));
  providers::JsonTree schemas, values;
  if (schemas.read(schema, tokens) != providers::JsonTree::Read::all) return 0;
  if (values.read(value, tokens) != providers::JsonTree::Read::all) return 0;
  const auto judged = [&](std::size_t most) {
    providers::FitEffort effort{most};
    const auto fit = providers::fit(schemas, schemas.root(), schemas.root(), values, values.root(), effort);
    EXPECT_THAT(effort.left <= most);
    return fit;
  };
  const providers::Fit whole = judged(100'000);
  EXPECT_THAT(judged(100'000) == whole);
  // With less of it less is judged; nothing that breaks is said to fit.
  const providers::Fit part = judged(size);
  EXPECT_THAT(!(part == providers::Fit::fits && whole == providers::Fit::breaks));
  return 0;
}
