// Numbers and texts to bytes and back, as record files have them.
#pragma once

#include "config/values/bytes.hpp"

namespace gateway {

using config::ByteReader;
using config::ByteWriter;

}  // namespace gateway
