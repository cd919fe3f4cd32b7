#include "gateway/trace/otlp_resource.hpp"

#include "gateway/text/line_writer.hpp"

namespace gateway {

void otlp_attribute(std::string_view key, std::string_view value, std::string& out) {
  LineWriter line(out);
  line.text(out.ends_with('[') ? "{\"key\":" : ",{\"key\":");
  line.json_string(key);
  line.text(",\"value\":{\"stringValue\":");
  line.json_string(value);
  line.text("}}");
}

std::string otlp_resource(const OtlpSettings& settings, const std::string& version) {
  std::string text = "{\"attributes\":[";
  otlp_attribute("service.name", settings.service, text);
  otlp_attribute("service.version", version, text);
  for (const auto& [key, value] : settings.resource) otlp_attribute(key, value, text);
  return text + "]}";
}

}  // namespace gateway
