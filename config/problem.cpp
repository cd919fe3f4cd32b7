#include "config/problem.hpp"
