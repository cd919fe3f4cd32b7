// What comes of talking to a host: a value, or the kind of failure.
#pragma once

#include <boost/system/result.hpp>

#include "routing/terms/outcome.hpp"

namespace providers {

template <class T>
using Result = boost::system::result<T, routing::FailureKind>;

}  // namespace providers
