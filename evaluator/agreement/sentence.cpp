#include "evaluator/agreement/sentence.hpp"

#include "agentd/core/text.hpp"

namespace agentd::evaluator::agreement {

namespace {

constexpr std::size_t longest_name = 160;

std::string name(const std::string& text) {
    return core::shorten(core::printable(text), longest_name);
}

/// What a side says: `there` with its value, or that it is not.
std::string claim(Topic topic, const std::string& subject, const Statement* side) {
    const auto what = name(subject);
    const bool there = side != nullptr;
    const auto value = there ? name(side->value) : std::string{};
    const auto is = [&](const char* yes, const char* no) { return what + (there ? yes : no); };
    switch (topic) {
    case Topic::firewall:
        return "the firewall is " + value;
    case Topic::port:
        return is(" is open", " is not open");
    case Topic::unit:
        return (there ? "there is a unit " : "there is no unit ") + what;
    case Topic::user:
        return (there ? "there is a user " : "there is no user ") + what +
               (value.empty() ? "" : " (" + value + ")");
    case Topic::member:
        return is(" is a member", " is no member");
    case Topic::key:
        return "the key of " + is(" may log in", " may not log in");
    case Topic::sudo:
        return there ? what + " needs " + value + " for sudo" : "sudo lets nobody of " + what;
    case Topic::sshd:
        return "sshd has " + (there ? what + (value.empty() ? "" : " " + value) : "no " + what);
    case Topic::wrapper:
        return is(" runs with rights of its own", " has no rights of its own");
    case Topic::nix:
        return is(" is trusted by Nix", " is not trusted by Nix");
    case Topic::kernel:
        return "the kernel is " + (there ? value : "none");
    case Topic::kernel_param:
        return (there ? "the kernel gets " : "the kernel does not get ") + what;
    case Topic::mount:
        return there ? what + " is mounted" + (value.empty() ? "" : " from " + value)
                     : what + " is not mounted";
    case Topic::etc:
        return (there ? "there is /etc/" : "there is no /etc/") + what;
    case Topic::package:
        return is(" is installed", " is not installed");
    }
    return what;
}

} // namespace

std::string sentence(Topic topic, const std::string& subject, const Statement* options,
                     const Statement* built) {
    return "The options say that " + claim(topic, subject, options) +
           ", the built system says that " + claim(topic, subject, built) +
           "; the built system counts";
}

} // namespace agentd::evaluator::agreement
