// Names as a test gives them. What is asked for a name without addresses waits until the test answers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "providers/net/names.hpp"

namespace support {

class ScriptedNames final : public providers::Names {
 public:
  void ask(const std::string& host, Answer answer) override {
    asked.push_back(host);
    if (const auto known = addresses.find(host); known != addresses.end()) {
      answer(known->second);
    } else {
      waiting.push_back(std::move(answer));
    }
  }
  // To all who wait.
  void answer(const Found& found) {
    for (Answer& each : std::exchange(waiting, {})) each(found);
  }

  std::map<std::string, Found> addresses;
  std::vector<std::string> asked;  // all, in their order
  std::vector<Answer> waiting;
};

}  // namespace support
