// A file of all whom a system trusts, out of which those alone are read that a certificate names: reading all
// 144 of Debian's takes 20 ms of processor time and a megabyte, which a start has no use for. May be used
// from every thread.
#pragma once

#include <openssl/types.h>

#include <string>

namespace providers {

// Lets `store` look in `file` for whom it does not know. The file is read when the first one is looked for,
// and kept as it stood then; one that cannot be opened vouches for nobody until it can, a damaged part of it
// for nobody.
void look_in(X509_STORE* store, const std::string& file);

}  // namespace providers
