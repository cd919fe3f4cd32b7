// Whom the system trusts, wherever it keeps that: systems differ, and so do the places in which a library of
// TLS looks that was made on another one. May be used from every thread.
#pragma once

#include <openssl/types.h>

#include <string>
#include <vector>

namespace providers {

// Where authorities may be. Values.
struct AuthorityPlaces {
  std::string file;                        // the library's own, of all of them
  std::string folder;                      // the library's own: each by its subject's hash
  bool are_named = false;                  // by SSL_CERT_FILE or SSL_CERT_DIR: no others count
  std::vector<std::string> other_systems;  // their files of all of them, the first that is there
};
AuthorityPlaces places_of_authorities();

// The file or folder to go by; empty where there is none.
std::string authorities_among(const AuthorityPlaces& places);

// shared: one store for all contexts, of which each host has one in each loop, read again when it changed.
// Nothing may be added to it. own: for a context that is to trust somebody else, too.
enum class Store { shared, own };

// Makes `context` trust what the system trusts.
void trust_authorities(SSL_CTX* context, Store store,
                       const AuthorityPlaces& places = places_of_authorities());

}  // namespace providers
