#include "gateway/record_file/recorded_measures.hpp"

#include "gateway/observe/same_endpoint.hpp"
#include "gateway/record_file/record_reader.hpp"

namespace gateway {

std::vector<routing::Measured> recorded_measures(const std::string& file,
                                                 const routing::Catalogue& catalogue) {
  try {
    const auto opened = RecordReader::open(file);
    const auto* reader = std::get_if<std::unique_ptr<RecordReader>>(&opened);
    const StoredMarket* market = reader ? (*reader)->newest_market() : nullptr;
    if (!market) return {};
    std::vector<routing::Measured> measured(catalogue.endpoints().size());
    for (const routing::Endpoint& endpoint : market->catalogue->endpoints()) {
      const auto today = index_today(endpoint, catalogue);
      if (today && endpoint.index < market->states.size()) {
        measured[*today] = market->states[endpoint.index].measured;
      }
    }
    return measured;
  } catch (const SqliteFault&) {
    return {};  // the check is of the configuration: a broken record file is the business of replay
  }
}

}  // namespace gateway
