#include "providers/dialect/azure_target.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/dialects.hpp"

using namespace providers;

TEST_CASE("a version that is a day is of Azure's classic API, and any other one of that at `/openai/v1`") {
  const auto at = [](std::string_view version, config::Format format = config::Format::chat) {
    std::string scratch;
    const HostModel model{.name = "mine", .azure_version = version};
    return std::string(target_at(dialect_of(format), model, routing::Delivery::streamed, scratch));
  };
  CHECK(at("") == "/chat/completions");
  CHECK(at("2024-10-21") == "/deployments/mine/chat/completions?api-version=2024-10-21");
  CHECK(at("2025-04-01-preview", config::Format::responses) == "/responses?api-version=2025-04-01-preview");
  CHECK(at("preview") == "/chat/completions?api-version=preview");
  CHECK(at("latest", config::Format::responses) == "/responses?api-version=latest");
}
