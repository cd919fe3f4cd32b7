// Parts of the shipped catalogue, as it is written: whole blocks of lines, with their sources and dates.
// Pure. What it cuts is the form in which `isocost catalog import` writes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct CutProvider {
  std::string name;
  std::string variable;  // of the environment, for its key
  std::string text;      // lines, without its name
};

struct CutEndpoint {
  std::string provider;
  std::string text;  // lines, the comments before it included
};

struct CutModel {
  std::string name;
  std::string text;  // lines, without its name and its endpoints
  std::vector<CutEndpoint> endpoints;
};

struct CutCatalogue {
  std::string says;  // the comment that it begins with
  std::vector<CutProvider> providers;
  std::vector<CutModel> models;
};

CutCatalogue cut(std::string_view catalogue);

}  // namespace gateway
