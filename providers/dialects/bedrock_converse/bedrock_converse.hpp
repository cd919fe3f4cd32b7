// Bedrock's Converse and ConverseStream, as hosts speak them.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& bedrock_converse_dialect();

}  // namespace providers
