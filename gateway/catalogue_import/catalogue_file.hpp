// Offers as a configuration that can be read, checked and served: the file that somebody reviews. Pure; the
// same offers give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "gateway/catalogue_import/agree.hpp"

namespace gateway {

struct CatalogueFile {
  std::string text;
  std::size_t models = 0;
  std::size_t endpoints = 0;
  std::vector<std::string> unreachable;  // providers of which it is not known where they are
};

// `notes`: lines for the head of the file.
CatalogueFile catalogue_file(const std::vector<Offer>& offers, const std::vector<std::string>& notes = {});

// Whether a model is meant by a pattern like "deepseek-r1*" or "deepseek/*", by its common or its public
// name; with "@openai" or "@together,nova*" behind it at those hosts alone.
bool is_meant(const CatalogueRow& row, const std::vector<std::string>& patterns);

}  // namespace gateway
