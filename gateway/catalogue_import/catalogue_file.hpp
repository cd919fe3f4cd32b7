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
  std::vector<std::string>
      unreachable;  // providers of which it is not known where they are, or by which name
  std::vector<CatalogueDoubt> contradictions;  // between two names of one model at one host
};

// Of offers of one agreement: by what it knows of their weights they are one model. Of several names that a
// host has for the same, it is asked by one that stays with these weights; clients may ask by each.
// `notes`: lines for the head of the file.
CatalogueFile catalogue_file(const std::vector<Offer>& offers, const std::vector<std::string>& notes = {});

}  // namespace gateway
