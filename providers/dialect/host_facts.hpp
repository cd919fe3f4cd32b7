// What is known of hosts by whose they are and where, said here and nowhere else. Pure.
#pragma once

#include "config/values/settings.hpp"

namespace providers {

// Whether an answer's bound may have its older name, of OpenAI's chat: OpenAI's newer models know the newer
// alone.
bool takes_max_tokens(const config::ProviderSettings& host);
// DeepSeek's think in levels beside being told whether to think.
bool thinks_in_levels(const config::ProviderSettings& host);
// Whether it refuses a request for a member that it does not know, as few do.
bool refuses_unknown_members(const config::ProviderSettings& host);
// Whether it knows the wish to be run in one part of the world, where none is configured for it.
bool knows_inference_geo(const config::ProviderSettings& host);
// Whether its limits of tokens count what an answer might have when they let a request in; else what it had.
bool counts_bounds(const config::ProviderSettings& host);

}  // namespace providers
