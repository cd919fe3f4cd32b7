// Anthropic's Messages where others serve its models: at Vertex (rawPredict) and at Bedrock (invoke). The
// body is Anthropic's own, but the model stands in the path and the version in the body.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& vertex_messages_dialect();
const Dialect& bedrock_messages_dialect();

}  // namespace providers
