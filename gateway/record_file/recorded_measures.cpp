#include "gateway/record_file/recorded_measures.hpp"

#include "gateway/record_file/record_reader.hpp"
#include "gateway/record_file/recorded_identity.hpp"

namespace gateway {

std::vector<routing::Measured> recorded_measures(const std::string& file,
                                                 const routing::Catalogue& catalogue) {
  try {
    const auto opened = RecordReader::open(file);
    const auto* reader = std::get_if<std::unique_ptr<RecordReader>>(&opened);
    const StoredMarket* market = reader ? (*reader)->newest_market() : nullptr;
    if (!market) return {};
    std::vector<routing::Measured> measured(catalogue.endpoints().size());
    const auto before =
        routing::predecessors(recorded_identities(catalogue), recorded_identities(*market->catalogue));
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (before[i] && *before[i] < market->states.size()) measured[i] = market->states[*before[i]].measured;
    }
    return measured;
  } catch (const SqliteFault&) {
    return {};  // the check is of the configuration: a broken record file is the business of replay
  }
}

}  // namespace gateway
