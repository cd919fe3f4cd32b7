#include "gateway/commands/welcome.hpp"

namespace gateway {

std::string welcome(const std::string& url, const config::Settings& settings) {
  const std::string model = settings.models.empty() ? "MODEL" : settings.models.front().name.text;
  const std::string key = settings.keys.empty() ? "none-needed" : "YOUR_KEY";
  const std::string header = settings.keys.empty() ? "" : " -H 'Authorization: Bearer " + key + "'";
  std::string text =
      "\nCall it:\n\n  curl -N " + url + "/v1/chat/completions" + header +
      " -H 'Content-Type: application/json' \\\n    -d '{\"model\": \"" + model +
      "\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'\n\n"
      "or with OpenAI's Python SDK (pip install openai):\n\n"
      "  from openai import OpenAI\n"
      "  client = OpenAI(base_url=\"" +
      url + "/v1\", api_key=\"" + key +
      "\")\n"
      "  print(client.chat.completions.create(model=\"" +
      model +
      "\",\n"
      "        messages=[{\"role\": \"user\", \"content\": \"Hello\"}]).choices[0].message.content)\n\n"
      "See it: `isocost top" +
      (url == "http://127.0.0.1:8080" ? "" : " --url " + url) + "`, " + url + "/metrics, " + url +
      "/v1/models. Ctrl-C ends it.\n\n";
  return text;
}

}  // namespace gateway
