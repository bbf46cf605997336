#include "web/server/tls_files.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"

#include <boost/asio/buffer.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::web {

namespace {

namespace ssl = boost::asio::ssl;
using core::Failure;
using core::FailureKind;

constexpr std::size_t longest = 256U << 10;

struct Secrecy {
    bool is_secret = false;
};

/// Read from the very file whose mode was looked at.
std::string read(const std::string& path, Secrecy secrecy) {
    const core::Fd file = core::open_file(path, O_RDONLY | O_NONBLOCK);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        throw Failure(FailureKind::misconfigured, "is not a file", path);
    }
    if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
        throw Failure(FailureKind::misconfigured, "belongs to somebody else than root or agentd",
                      path);
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw Failure(FailureKind::misconfigured, "may be written by others: chmod go-w", path);
    }
    if (secrecy.is_secret && (info.st_mode & S_IROTH) != 0) {
        throw Failure(FailureKind::misconfigured,
                      "is a secret that everybody may read: chmod o-r, and make a new one", path);
    }
    if (static_cast<std::size_t>(info.st_size) > longest) {
        throw Failure(FailureKind::misconfigured, "is too large", path);
    }
    std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const auto got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
        if (got <= 0) {
            throw Failure(FailureKind::unavailable, "cannot be read whole", path);
        }
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

std::string mark_of(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        return "gone";
    }
    return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) + ":" +
           std::to_string(info.st_size) + ":" + std::to_string(info.st_mode) + ":" +
           std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + ":" +
           std::to_string(info.st_ctim.tv_sec) + "." + std::to_string(info.st_ctim.tv_nsec);
}

} // namespace

TlsFiles::TlsFiles(std::string certificate, std::string key)
    : certificate_(std::move(certificate)), key_(std::move(key)), seen_(mark()), context_(load()) {}

std::string TlsFiles::mark() const {
    return mark_of(certificate_) + " " + mark_of(key_);
}

std::shared_ptr<ssl::context> TlsFiles::load() const {
    const std::string certificate = read(certificate_, {.is_secret = false});
    const std::string key = read(key_, {.is_secret = true});
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                         ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                         ssl::context::no_tlsv1_1 | ssl::context::no_compression);
    boost::system::error_code error;
    context->use_certificate_chain(boost::asio::buffer(certificate), error);
    if (error) {
        throw Failure(FailureKind::misconfigured, "is no certificate in PEM: " + error.message(),
                      certificate_);
    }
    context->use_private_key(boost::asio::buffer(key), ssl::context::pem, error);
    if (error) { // it is compared with the certificate as well
        throw Failure(FailureKind::misconfigured,
                      "is not the key of " + certificate_ + ": " + error.message(), key_);
    }
    return context;
}

std::shared_ptr<ssl::context> TlsFiles::current() {
    if (auto now = mark(); now != seen_) {
        seen_ = std::move(now);
        try {
            context_ = load();
            core::log(core::Level::info, "the page's certificate is the one that is there now");
        } catch (const Failure& failure) {
            core::log(core::Level::warning,
                      std::string("the page goes on with its old certificate: ") + failure.what());
        }
    }
    return context_;
}

} // namespace agentd::web
