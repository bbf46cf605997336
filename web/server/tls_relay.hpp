/// @file
/// TLS on the outside, plain bytes on the inside: what answers requests need not know.
#pragma once

#include "web/server/limits.hpp"
#include "web/server/wire.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace agentd::web {

/// Begins to speak TLS on `outside` and returns the inner end. It lives until both sides have
/// ended: whoever has the inner end says how long a handshake may take, by closing it.
Wire begin_tls(Wire outside, std::shared_ptr<boost::asio::ssl::context> context, Limits limits);

} // namespace agentd::web
