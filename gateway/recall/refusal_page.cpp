#include "gateway/recall/refusal_page.hpp"

#include <boost/json.hpp>

#include "gateway/observe/words.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/quantity_text.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

json::value milliseconds_of(config::Duration time) {
  return number_or_null(std::chrono::duration<double, std::milli>(time).count());
}

}  // namespace

std::string refusal_page(const RefusedRequest& request) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  return json_page(json::object{{"id", request.id},
                                {"time", WallText(request.wall).view()},
                                {"path", request.path},
                                {"model", request.model},
                                {"model_requested", request.asked},
                                {"key", request.key},
                                {"team", request.team},
                                {"status", request.status},
                                {"ending", word(Ending::refused)},
                                {"error", request.error},
                                {"told", request.told},
                                {"limit", text_or_null(request.limit)},
                                {"total_ms", milliseconds_of(request.total)},
                                {"waited_ms", milliseconds_of(request.waited)},
                                {"first_byte_ms", milliseconds_of(request.total)},
                                {"dollars", 0},
                                {"hindsight", nullptr},
                                {"policy", json::object{{"name", text_or_null(request.policy)}}},
                                {"attempts", json::array()},
                                {"decisions", json::array()}});
}

std::vector<std::string> refusal_lines(const RefusedRequest& request, const Screen& screen) {
  std::string asked = request.asked.empty() ? request.path : fitted(request.asked, 60);
  if (!request.key.empty()) asked += ", key " + fitted(request.key, 40);
  if (!request.team.empty()) asked += ", team " + fitted(request.team, 40);
  if (!request.policy.empty()) asked += ", policy " + fitted(request.policy, 40);
  std::string end = "refused before any host was looked at, status " + std::to_string(request.status) + ", " +
                    request.error;
  if (!request.limit.empty()) end += ", limit " + request.limit;
  if (request.waited.count() > 0)
    end += ", after " + time_text(config::Seconds(request.waited).count()) + " in line";
  std::vector<std::string> lines{
      fitted(request.id + "  " + std::string(WallText(request.wall).view()), screen.columns),
      fitted(asked, screen.columns), painted(fitted(end, screen.columns), Colour::red, screen.paint), ""};
  for (std::string& line : wrapped(request.told, screen.columns)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace gateway
