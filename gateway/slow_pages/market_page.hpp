// Where the hosts of a model sit now for a request that nobody makes: the decision on it, for a prompt of any
// size. Decides on what it is given and changes nothing; for a thread that may take its time.
#pragma once

#include <memory>
#include <string>

#include "gateway/generation/generation.hpp"
#include "gateway/request/services.hpp"
#include "gateway/run/control_pages.hpp"
#include "routing/market/snapshot.hpp"

namespace gateway {

// `query` has model, policy, prompt and max_output, of which the model must be there.
Pages::Told market_page(std::shared_ptr<const Generation> generation,
                        std::shared_ptr<const routing::Snapshot> snapshot,
                        std::shared_ptr<const OutOfService> out_of_service, const std::string& query);

}  // namespace gateway
