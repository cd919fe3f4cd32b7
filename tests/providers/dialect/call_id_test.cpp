#include "providers/dialect/call_id.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("ids of calls that an API would refuse become others, alike for the same call alone") {
  const auto written = [](const std::string& id, const providers::CallIdForm& form) {
    std::string out;
    providers::JsonWriter json(out);
    providers::write_call_id(json, {id, false}, form);
    return out.substr(1, out.size() - 2);
  };
  const providers::CallIdForm few{.most = 64, .has_few_signs = true}, any{.most = 64};
  CHECK(written("call_1-a", few) == "call_1-a");
  CHECK(written("functions.f:0", any) == "functions.f:0");
  const std::string changed = written("functions.f:0", few);
  CHECK(changed.starts_with("functions_f_0_"));
  CHECK(changed == written("functions.f:0", few));
  CHECK(changed != written("functions_f.0", few));
  CHECK(written("", few).size() == 9);
  const std::string long_id(1'000, 'a');
  for (const auto& form : {few, any}) {
    CHECK(written(std::string(64, 'a'), form) == std::string(64, 'a'));
    CHECK(written(long_id, form).size() == 64);
    CHECK(written(long_id, form) != written(long_id + "b", form));
  }
}
