#include "gateway/state/process_sources.hpp"

#include <utility>

#include "config/files/load.hpp"
#include "gateway/state/seal.hpp"

namespace gateway {

config::Sources process_sources() {
  config::Sources sources = config::system_sources();
  sources.open_sealed = [](std::string_view sealed, std::string key) {
    return Seal(config::Secret(std::move(key))).opened(sealed, config::sealed_mark);
  };
  return sources;
}

}  // namespace gateway
