// Objects of a library of C, given back by its own function: std::unique_ptr<X509, FreedWith<X509_free>>.
#pragma once

namespace providers {

template <auto free_it>
struct FreedWith {
  template <class T>
  void operator()(T* object) const {
    free_it(object);
  }
};

}  // namespace providers
