/// @file
/// A connection as the listeners see it, whatever it came over.
#pragma once

#include "agentd/core/clock.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <string>

namespace agentd::web {

/// TCP, or a local socket: of a proxy, or the inner end of TLS.
using Wire = boost::asio::generic::stream_protocol::socket;
using WireStream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;

/// What is known of who is at the other end before he says anything.
struct Visitor {
    std::string party{}; ///< an address, or `proxy`
    core::Instant connected{};
    /// The header by which a proxy says who asks; empty where no proxy is: then none is heard.
    std::string identity_header{};
};

} // namespace agentd::web
