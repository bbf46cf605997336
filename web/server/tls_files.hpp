/// @file
/// The page's own certificate and key: read with their modes looked at, and again when they change.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace agentd::web {

class TlsFiles {
  public:
    /// Failure{misconfigured} when they cannot be used: no PEM, not of each other, or kept so that
    /// somebody else may write them or anybody may read the key.
    TlsFiles(std::string certificate, std::string key);

    /// As the files are now. New ones that cannot be used (half written, not of each other) are
    /// told once, and the old ones go on.
    std::shared_ptr<boost::asio::ssl::context> current();

  private:
    std::string mark() const;
    std::shared_ptr<boost::asio::ssl::context> load() const;

    std::string certificate_;
    std::string key_;
    std::string seen_; ///< what the files looked like when they were read last
    std::shared_ptr<boost::asio::ssl::context> context_;
};

} // namespace agentd::web
