// What the gateway asks of the system for its process and threads.
#pragma once

namespace gateway {

// A stream holds two descriptors. Raises the soft limit to the hard one and says how many connections of
// clients fit: 45 % of it.
int connections_that_fit();

// Keys are in the memory of this process: a crash writes no copy of it to a file, and no other process of the
// same user may look into it.
void keep_memory_private();

// The calling thread no longer takes the processor from another one at the moment when it has something to
// do: learning and logging can wait for the requests that are being served.
void give_way();

}  // namespace gateway
