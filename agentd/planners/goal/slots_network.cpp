// Slots of phrases about the network and the clock: addresses, what a site leads to, a time of day.
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace agentd::planners::goal::slot {

namespace {

std::optional<std::int64_t> below(std::string_view digits, std::int64_t end) {
    const auto number = digits.size() <= 5 && digits.find_first_not_of("0123456789") == digits.npos
                            ? core::parse_integer(digits)
                            : std::nullopt;
    return number && *number < end ? number : std::nullopt;
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

/// `4`, `4:30`, `04:30`; with `half` 12 or 0 hours to add, or none where it is said in 24 hours.
std::optional<std::string> time_of(std::string_view text, std::optional<int> half) {
    const auto colon = text.find(':');
    auto hour = below(text.substr(0, colon), 24);
    const auto minute = colon == text.npos         ? std::optional<std::int64_t>(0)
                        : text.size() - colon == 3 ? below(text.substr(colon + 1), 60)
                                                   : std::nullopt;
    if (!hour || !minute || (colon == text.npos && !half) || (half && (*hour < 1 || *hour > 12))) {
        return std::nullopt;
    }
    const auto shown = half ? *hour % 12 + *half : *hour;
    return two_digits(shown) + ":" + two_digits(*minute);
}

std::optional<int> half_of(std::string_view word) {
    return word == "am" || word == "a.m"   ? std::optional(0)
           : word == "pm" || word == "p.m" ? std::optional(12)
                                           : std::nullopt;
}

} // namespace

void address(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (token != nullptr && (inet_pton(AF_INET, token->text.c_str(), bytes.data()) == 1 ||
                             inet_pton(AF_INET6, token->text.c_str(), bytes.data()) == 1)) {
        take_text(out, at + 1, token->text);
    }
}

void clock(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr) {
        return;
    }
    if (token->is("midnight") || token->is("noon")) {
        return take_text(out, at + 1, token->is("noon") ? "12:00" : "00:00");
    }
    const auto letter = std::min(token->lower.find_first_of("ap"), token->lower.size());
    const auto digits = std::string_view(token->lower).substr(0, letter);
    const auto own = half_of(std::string_view(token->lower).substr(letter));
    if (letter != token->lower.size() && !own) {
        return;
    }
    if (const auto time = time_of(digits, own)) {
        take_text(out, at + 1, *time);
    }
    const Token* next = word_at(scene, at + 1);
    const auto half = own || next == nullptr ? std::nullopt : half_of(next->lower);
    if (const auto time = half ? time_of(digits, half) : std::nullopt) {
        take_text(out, at + 2, *time);
    }
}

void email(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    const auto sign = token == nullptr ? std::string::npos : token->text.find('@');
    if (sign != std::string::npos && sign > 0 && has_only(token->text, "@.-_+") &&
        token->text.find('@', sign + 1) == std::string::npos &&
        token->text.find('.', sign) != std::string::npos) {
        take_text(out, at + 1, token->text);
    }
}

void store(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token != nullptr && has_only(token->text, "/:-_.~@+=[]") &&
        (token->text.front() == '/' || token->text.find(':') != std::string::npos) &&
        token->text.find("..") == std::string::npos) {
        take_text(out, at + 1, token->text);
    }
}

void upstream(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr) {
        return;
    }
    const bool http = token->text.starts_with("http://") || token->text.starts_with("https://");
    if (http && has_only(token->text, ":/.-_[]")) {
        return take_text(out, at + 1, token->text);
    }
    const auto colon = token->text.rfind(':');
    const auto port =
        colon == std::string::npos ? std::nullopt : below(token->text.substr(colon + 1), 65536);
    if (port && *port > 0 && has_only(token->text.substr(0, colon), ".-_[]:")) {
        return take_text(out, at + 1, "http://" + token->text);
    }
    const Token* next = token->is("port") ? word_at(scene, at + 1) : nullptr;
    if (const auto number = next == nullptr ? std::nullopt : below(next->text, 65536);
        number && *number > 0) {
        take_text(out, at + 2, "http://127.0.0.1:" + next->text);
    }
}

} // namespace agentd::planners::goal::slot
