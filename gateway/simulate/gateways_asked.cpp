#include "gateway/simulate/gateways_asked.hpp"

#include "config/values/quantity.hpp"

namespace gateway {

std::optional<GatewaysAsked> take_gateways(std::string& name) {
  const std::size_t at = name.rfind('@');
  if (at == std::string::npos) return GatewaysAsked{};
  std::string_view count = std::string_view(name).substr(at + 1);
  constexpr std::string_view alone = "-alone";
  GatewaysAsked asked;
  if (count.ends_with(alone)) {
    asked.exchange = routing::SeveralGateways::Exchange::nothing;
    count.remove_suffix(alone.size());
  }
  const auto said = config::parse_whole(count);
  constexpr std::int64_t most = 64;
  if (!said || *said < 1 || *said > most) return std::nullopt;
  asked.count = static_cast<std::size_t>(*said);
  name.resize(at);
  return asked;
}

}  // namespace gateway
