// What there is to watch, as a document for people: every family of metrics, and every field of the request
// log. Pure.
#pragma once

#include <span>
#include <string>

#include "gateway/metrics/family_facts.hpp"

namespace gateway {

// In Markdown.
std::string metrics_page(std::span<const FamilyFacts> families);

}  // namespace gateway
