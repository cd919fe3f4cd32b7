#include "gateway/trace/otlp_settings.hpp"

#include <doctest/doctest.h>

#include <map>

#include "gateway/trace/otlp_post.hpp"

using namespace std::chrono_literals;
using namespace gateway;

namespace {

using Variables = std::map<std::string, std::string>;

auto read(Variables variables) {
  return otlp_settings([variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

OtlpSettings good(Variables variables) {
  const auto result = read(std::move(variables));
  if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
  return std::get<OtlpSettings>(result);
}

}  // namespace

TEST_CASE("without a collector, or where it is turned off, there are no traces") {
  CHECK(std::holds_alternative<std::monostate>(read({})));
  for (const Variables& off :
       {Variables{{"OTEL_SDK_DISABLED", "true"}}, Variables{{"OTEL_TRACES_EXPORTER", "none"}}}) {
    Variables all = off;
    all["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318";
    CHECK(std::holds_alternative<std::monostate>(read(all)));
  }
}

TEST_CASE("the variables of OpenTelemetry say where traces go and as what") {
  const OtlpSettings settings =
      good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://[::1]:4318/otel/"},
            {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x, tenant = a"},
            {"OTEL_SERVICE_NAME", "router"},
            {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=prod,service.name=other"},
            {"OTEL_TRACES_SAMPLER", "traceidratio"},
            {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
            {"OTEL_EXPORTER_OTLP_TIMEOUT", "2000"}});
  CHECK(settings.host == "::1");
  CHECK(settings.port == "4318");
  CHECK(settings.path == "/otel/v1/traces");
  REQUIRE(settings.headers.size() == 2);
  CHECK(settings.headers[0] == std::pair<std::string, std::string>("authorization", "Bearer x"));
  CHECK(settings.service == "router");
  CHECK(settings.resource.size() == 1);
  CHECK(!settings.sampling.follows_parent);
  CHECK(settings.sampling.share == 0.25);
  CHECK(settings.timeout == 2s);
}

TEST_CASE("an address of traces alone is taken as it is") {
  CHECK(good({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318/here"}}).path == "/here");
  CHECK(good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector"}}).port == "80");
}

TEST_CASE("what cannot be used is said") {
  const auto wrong = [](Variables variables) {
    variables.emplace("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
    return std::holds_alternative<std::string>(read(variables));
  };
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://:4318"}}));
  for (const char* url : {"http://user:pa55word@collector:4318", "https://user:pa55word@collector"}) {
    const auto said = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", url}});
    REQUIRE(std::holds_alternative<std::string>(said));
    CHECK(std::get<std::string>(said).find("pa55word") == std::string::npos);
  }
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac: d"}}));
  CHECK(wrong({{"OTEL_TRACES_SAMPLER", "jaeger_remote"}}));
  CHECK(!wrong({}));
}

TEST_CASE("a collector's reply is read: what it rejects, and when it wants to be asked again") {
  CHECK(posted_of("HTTP/1.1 200 OK\r\n\r\n{}").status == 200);
  CHECK(posted_of("HTTP/1.1 200 OK\r\n\r\n{\"partialSuccess\":{\"rejectedSpans\":\"3\"}}").rejected == 3);
  const Posted busy = posted_of("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n");
  CHECK(busy.status == 429);
  CHECK(*busy.retry_after == 7s);
  CHECK(posted_of("hello").status == 0);
}
