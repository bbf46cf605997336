/// @file
/// Evidence into the blobs, whatever its size.
#pragma once

#include "store/blobs.hpp"

#include <string_view>

namespace agentd::stages {

/// Keeps `text`; what is beyond the blobs' limit is cut, and the last line says so.
core::Digest keep(store::Blobs& blobs, std::string_view text);

} // namespace agentd::stages
