#include "gateway/probe/host_listing.hpp"

#include <doctest/doctest.h>

using gateway::context_in;
using gateway::listed_models;

TEST_CASE("lists of models say their contexts under many names") {
  const auto list = listed_models(R"({"object":"list","data":[
    {"id":"a","owned_by":"vllm","max_model_len":32768},
    {"id":"b","context_length":131072},
    {"id":"c","context_window":"long"},
    {"id":"d"},
    {"name":"nobody","id":""}]})");
  REQUIRE(list);
  REQUIRE(list->size() == 5);
  CHECK((*list)[0].context == 32768);
  CHECK((*list)[0].owner == "vllm");
  CHECK((*list)[1].context == 131072);
  CHECK(!(*list)[2].context);
  CHECK(!(*list)[3].context);
  const auto gemini = listed_models(R"({"models":[{"name":"models/gemini-x","inputTokenLimit":1048576}]})");
  REQUIRE(gemini);
  CHECK(gemini->at(0).id == "gemini-x");
  CHECK(gemini->at(0).context == 1048576);
  CHECK(listed_models(R"([{"id":"in-a-bare-list"}])")->size() == 1);
}

TEST_CASE("a list of another router says so") {
  CHECK(listed_models(R"({"data":[{"id":"a","top_provider":{}}]})")->at(0).is_routed);
}

TEST_CASE("what is no list of models is none") {
  for (const char* page : {"", "{", "null", "{}", R"({"data":{}})", R"("models")", "<html>"}) {
    CAPTURE(page);
    CHECK(!listed_models(page));
  }
  CHECK(listed_models(R"({"data":[]})")->empty());
}

TEST_CASE("engines say the context that they run with") {
  CHECK(context_in(R"({"default_generation_settings":{"n_ctx":8192},"total_slots":4})", "m") == 8192);
  CHECK(context_in(R"({"model_id":"m","max_total_tokens":4096})", "m") == 4096);
  CHECK(context_in(R"({"models":[{"name":"n","context_length":1},{"name":"m","context_length":2048}]})",
                   "m") == 2048);
  CHECK(!context_in(R"({"models":[{"name":"n","context_length":1}]})", "m"));
  CHECK(!context_in("", "m"));
  CHECK(!context_in(R"({"max_total_tokens":-1})", "m"));
}
