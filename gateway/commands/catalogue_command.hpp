// `isocost catalog`: models, hosts and prices out of public lists, looked at, compared, and written as a
// configuration that somebody reviews.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_catalogue(CLI::App& app);

}  // namespace gateway
