// Collects the problems of one file while it is read. Belongs to the thread that reads it.
#pragma once

#include <cstddef>
#include <string>

#include "config/values/problem.hpp"
#include "config/yaml/file_text.hpp"

namespace config {

class Report {
 public:
  // `file` must outlive this.
  explicit Report(const FileText& file) : file_(file) {}

  const FileText& file() const { return file_; }
  // Adds the excerpt.
  void add(Problem problem);
  bool failed() const { return errors_ > 0; }
  // In the order of the file. Beyond a hundred, only how many more there are.
  Problems take();

 private:
  const FileText& file_;
  Problems problems_;
  std::size_t errors_ = 0;
  std::size_t left_off_ = 0;
};

}  // namespace config
