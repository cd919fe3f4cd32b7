#include "config/values/country.hpp"

namespace config {

namespace {

// The officially assigned codes.
constexpr std::string_view assigned =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV"
    "CWCX"
    "CYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIO"
    "IQIR"
    "ISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNA"
    "NCNE"
    "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTC"
    "TDTF"
    "TGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";
constexpr std::string_view european_union = "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISK";
constexpr std::string_view european_economic_area =
    "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEISITLILTLULVMTNLNOPLPTROSESISK";

Countries all_of(std::string_view codes) {
  Countries result;
  for (std::size_t i = 0; i < codes.size(); i += 2) result.set(*country_position(codes.substr(i, 2)));
  return result;
}

}  // namespace

std::optional<std::size_t> country_position(std::string_view code) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() != 2 || !capital(code[0]) || !capital(code[1])) return std::nullopt;
  return static_cast<std::size_t>(code[0] - 'A') * 26 + static_cast<std::size_t>(code[1] - 'A');
}

bool is_country(std::string_view code) {
  static const Countries known = all_of(assigned);
  const std::optional<std::size_t> position = country_position(code);
  return position && known.test(*position);
}

std::optional<Countries> find_countries(std::string_view name) {
  if (name == "EU") return all_of(european_union);
  if (name == "EEA") return all_of(european_economic_area);
  if (!is_country(name)) return std::nullopt;
  return Countries{}.set(*country_position(name));
}

}  // namespace config
