#include "gateway/trace/otlp_settings.hpp"

#include <doctest/doctest.h>

#include <map>

#include "gateway/trace/collector.hpp"

using namespace std::chrono_literals;
using namespace gateway;

namespace {

using Variables = std::map<std::string, std::string>;

auto read(Variables variables, Signal signal = Signal::traces) {
  const auto variable = [variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return otlp_settings(variable, signal);
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
  CHECK(to_text(settings.url) == "http://[::1]:4318/otel/v1/traces");
  REQUIRE(settings.headers.size() == 2);
  CHECK(settings.headers[0] == std::pair<std::string, std::string>("authorization", "Bearer x"));
  CHECK(settings.service == "router");
  CHECK(settings.resource.size() == 1);
  CHECK(!settings.sampling.follows_parent);
  CHECK(settings.sampling.share == 0.25);
  CHECK(settings.timeout == 2s);
}

TEST_CASE("an address of traces alone is taken as it is") {
  CHECK(good({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318/here"}}).url.path == "/here");
  CHECK(good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector"}}).url.port == 80);
  const OtlpSettings over_tls = good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example.com"},
                                      {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/ca.pem"}});
  CHECK(to_text(over_tls.url) == "https://collector.example.com:443/v1/traces");
  CHECK(over_tls.ca_file == "/etc/ca.pem");
}

TEST_CASE("metrics have variables of their own, and can be turned off alone") {
  const Variables both{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                       {"OTEL_METRIC_EXPORT_INTERVAL", "5000"}};
  const auto metrics = [](Variables variables) { return read(std::move(variables), Signal::metrics); };
  const auto usual = metrics(both);
  REQUIRE(std::holds_alternative<OtlpSettings>(usual));
  CHECK(std::get<OtlpSettings>(usual).url.path == "/v1/metrics");
  CHECK(std::get<OtlpSettings>(usual).interval == 5s);
  Variables off = both;
  off["OTEL_METRICS_EXPORTER"] = "none";
  CHECK(std::holds_alternative<std::monostate>(metrics(off)));
  CHECK(std::holds_alternative<OtlpSettings>(read(off)));
  Variables own = both;
  own["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = "https://other/in";
  CHECK(to_text(std::get<OtlpSettings>(metrics(own)).url) == "https://other:443/in");
}

TEST_CASE("what goes to a collector is packed where it is asked for, of one signal or of all") {
  const Variables all{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                      {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}};
  CHECK(good(all).is_packed);
  Variables own = all;
  own["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"] = "none";
  CHECK(!good(own).is_packed);
  CHECK(std::get<OtlpSettings>(read(own, Signal::metrics)).is_packed);
  CHECK(!good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"}}).is_packed);
}

TEST_CASE("what cannot be used is said") {
  const auto wrong = [](Variables variables) {
    variables.emplace("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
    return std::holds_alternative<std::string>(read(variables));
  };
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://:4318"}}));
  for (const char* url : {"http://user:pa55word@collector:4318", "https://user:pa55word@collector"}) {
    const auto said = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", url}});
    REQUIRE(std::holds_alternative<std::string>(said));
    CHECK(std::get<std::string>(said).find("pa55word") == std::string::npos);
  }
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}));
  CHECK(wrong({{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac: d"}}));
  CHECK(wrong({{"OTEL_TRACES_SAMPLER", "jaeger_remote"}}));
  CHECK(!wrong({}));
}

TEST_CASE("a collector's reply says what was not taken") {
  CHECK(rejected_in("{}") == 0);
  CHECK(rejected_in("hello") == 0);
  CHECK(rejected_in(R"({"partialSuccess":{"rejectedSpans":"3"}})") == 3);
  CHECK(rejected_in(R"({"partialSuccess":{"rejectedDataPoints":2}})") == 2);
}
