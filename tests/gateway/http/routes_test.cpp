#include "gateway/http/routes.hpp"

#include <doctest/doctest.h>

#include "gateway/generation/key_ring.hpp"

using gateway::Method;
using gateway::NoRoute;
using gateway::Page;
using gateway::Route;
using gateway::WrongMethod;

TEST_CASE("each path leads to its page, under /v1 and /api/v1") {
  struct Row {
    const char* path;
    Page page;
    const char* name;
    const char* parameter;
  };
  for (const Row& row : {
           Row{"/v1/models", Page::models, "/v1/models", ""},
           Row{"/v1/models/m", Page::model, "/v1/models/{model}", "m"},
           Row{"/v1/models/a/m", Page::model, "/v1/models/{model}", "a/m"},
           Row{"/v1/models/a/m/endpoints", Page::endpoints, "/v1/models/{model}/endpoints", "a/m"},
           Row{"/v1/model/a/m", Page::model_data, "/v1/model/{model}", "a/m"},
           Row{"/v1/models/count", Page::model_count, "/v1/models/count", ""},
           Row{"/v1/models/user", Page::models, "/v1/models/user", ""},
           Row{"/v1/embeddings/models", Page::embedding_models, "/v1/embeddings/models", ""},
           Row{"/v1/parameters/a/m", Page::parameters, "/v1/parameters/{model}", "a/m"},
           Row{"/v1/providers", Page::providers, "/v1/providers", ""},
           Row{"/v1/endpoints/zdr", Page::zero_retention, "/v1/endpoints/zdr", ""},
           Row{"/v1/credits", Page::accounts, "/v1/credits", ""},
           Row{"/v1/keys/abc", Page::provisioning, "/v1/keys/{hash}", "abc"},
           Row{"/v1/models/endpoints", Page::model, "/v1/models/{model}", "endpoints"},
       }) {
    for (const std::string& path : {std::string(row.path), "/api" + std::string(row.path)}) {
      CAPTURE(path);
      const gateway::Routed routed = gateway::route(Method::get, path);
      REQUIRE(std::holds_alternative<Route>(routed));
      CHECK(std::get<Route>(routed).page == row.page);
      CHECK(std::get<Route>(routed).name == row.name);
      CHECK(std::get<Route>(routed).parameter == row.parameter);
      const bool is_openrouters = path.starts_with("/api");
      CHECK((std::get<Route>(routed).root == gateway::Root::api_v1) == is_openrouters);
    }
  }
  const auto chat = gateway::route(Method::post, "/v1/chat/completions");
  CHECK(std::get<Route>(chat).page == Page::inference);
}

TEST_CASE("what has no version is under /api/v1, too") {
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    CAPTURE(path);
    const auto there = gateway::route(Method::get, "/api/v1" + std::string(path));
    REQUIRE(std::holds_alternative<Route>(there));
    CHECK(std::get<Route>(there).name == path);
    CHECK(std::holds_alternative<NoRoute>(gateway::route(Method::get, "/v1" + std::string(path))));
  }
}

TEST_CASE("a model's name may come as one segment, as OpenAI's SDKs send it") {
  CHECK(gateway::decoded("deepseek%2Fdeepseek-r1") == "deepseek/deepseek-r1");
  CHECK(gateway::decoded("a%2fb%3Anitro") == "a/b:nitro");
  CHECK(gateway::decoded("plain") == "plain");
  for (const char* text : {"a%0ab", "a%ffb", "a%20b"}) CHECK(gateway::decoded(text) == text);
  // What is no number behind a percent sign stands for itself.
  for (const char* text : {"a%zzb", "a%4", "a%", "a%4zb", "%"}) CHECK(gateway::decoded(text) == text);
}

TEST_CASE("who asks what this is, is told, and Messages are called where Anthropic's clients look for them") {
  CHECK(gateway::page_of(gateway::route(Method::head, "/")) == gateway::Page::greeting);
  for (const char* path : {"/v1/messages", "/api/v1/messages"}) {
    const auto there = gateway::route(Method::post, path);
    REQUIRE(std::holds_alternative<gateway::Route>(there));
    CHECK(std::get<gateway::Route>(there).page == gateway::Page::inference);
    CHECK(std::get<gateway::Route>(there).format == config::Format::messages);
  }
  CHECK(gateway::page_of(gateway::route(Method::post, "/v1/messages/count_tokens")) ==
        gateway::Page::counting);
}

TEST_CASE("what is not listed is nowhere, and a wrong method is told the right ones") {
  for (const char* path : {"/v1", "/v1/", "/v1/models/", "/V1/models", "/v1/models2", "/api/healthz",
                           "/v1/chat/completions/", "/metrics/", "//v1/models"}) {
    CAPTURE(path);
    CHECK(std::holds_alternative<NoRoute>(gateway::route(Method::get, path)));
  }
  const auto get = gateway::route(Method::get, "/v1/chat/completions");
  REQUIRE(std::holds_alternative<WrongMethod>(get));
  CHECK(std::get<WrongMethod>(get).allowed == "POST");
  for (const Method method : {Method::post, Method::put, Method::patch, Method::del, Method::options}) {
    const auto wrong = gateway::route(method, "/v1/models");
    REQUIRE(std::holds_alternative<WrongMethod>(wrong));
    CHECK(std::get<WrongMethod>(wrong).allowed == "GET, HEAD");
  }
  CHECK(std::holds_alternative<Route>(gateway::route(Method::head, "/healthz")));
}

TEST_CASE("a key is found by its whole text and by nothing else") {
  config::Settings settings;
  CHECK(gateway::KeyRing(settings).open_to_all());
  config::KeySettings key;
  key.name = {"app"};
  // The SHA-256 of "secret".
  key.sha256 = {0x2b, 0xb8, 0x0d, 0x53, 0x7b, 0x1d, 0xa3, 0xe3, 0x8b, 0xd3, 0x03,
                0x61, 0xaa, 0x85, 0x56, 0x86, 0xbd, 0xe0, 0xea, 0xcd, 0x71, 0x62,
                0xfe, 0xf6, 0xa2, 0x5f, 0xe9, 0x7b, 0xf5, 0x27, 0xa2, 0x5b};
  settings.keys = {key};
  const gateway::KeyRing ring(settings);
  CHECK(!ring.open_to_all());
  REQUIRE(ring.find("secret") != nullptr);
  CHECK(ring.find("secret")->name.text == "app");
  for (const char* wrong : {"", "Secret", "secret ", "secre", "2bb80d537b1da3e38bd30361aa855686"}) {
    CHECK(ring.find(wrong) == nullptr);
  }
}
