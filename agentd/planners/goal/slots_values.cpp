// Values: numbers, ports, options, addresses, keys.
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal::slot {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<std::int64_t> port_number(std::string_view text) {
    const auto number = core::parse_integer(text);
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
    return plain && number && *number >= 1 && *number <= 65535 ? number : std::nullopt;
}

/// `80`, `8000-8010`.
std::optional<Item> port_or_range(std::string_view text) {
    const auto dash = text.find_first_of("-:");
    const auto first = port_number(text.substr(0, dash));
    if (!first) {
        return std::nullopt;
    }
    if (dash == std::string_view::npos) {
        return Item{.number = *first, .last = *first};
    }
    const auto last = port_number(text.substr(dash + 1));
    return last && *last > *first ? std::optional(Item{.number = *first, .last = *last})
                                  : std::nullopt;
}

bool is_protocol(std::string_view word) {
    return word == "tcp" || word == "udp";
}

} // namespace

void number(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    const auto found = token == nullptr ? std::nullopt : core::parse_integer(token->text);
    if (found && is_digit(token->text.front())) {
        take(out, at + 1, {.text = token->text, .number = *found});
    }
}

void percent(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    const Token* of = scene.token(at + 1);
    if (token != nullptr && of != nullptr && of->is("of") &&
        (token->is("half") || token->is("quarter"))) {
        return take(out, at + 1, {.number = token->is("half") ? 50 : 25});
    }
    if (token == nullptr || token->text.empty() || !is_digit(token->text.front())) {
        return;
    }
    const bool sign = token->text.ends_with('%');
    const Token* next = scene.token(at + 1);
    const bool word = next != nullptr && (next->is("percent") || next->is("%"));
    const auto digits = token->text.substr(0, token->text.size() - (sign ? 1 : 0));
    const auto found = core::parse_integer(digits);
    if (found && sign != word && *found >= 1 && *found <= 1000) {
        take(out, at + (word ? 2 : 1), {.number = *found});
    }
}

void port(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr || token->text.empty()) {
        return;
    }
    const auto slash = token->lower.find('/');
    const std::string digits = token->text.substr(0, slash);
    const std::string protocol =
        slash == std::string::npos ? std::string() : token->lower.substr(slash + 1);
    auto item = port_or_range(digits);
    if (!item || (slash != std::string::npos && !is_protocol(protocol))) {
        return;
    }
    item->more = protocol;
    take(out, at + 1, *item);
    const Token* to = scene.token(at + 1);
    const Token* end = scene.token(at + 2);
    const bool spans = to != nullptr && end != nullptr && item->number == item->last &&
                       protocol.empty() &&
                       (to->is("to") || to->is("through") || to->is("-") || to->is("until"));
    const auto last = spans ? port_number(end->text) : std::nullopt;
    if (last && *last > item->number) {
        take(out, at + 3, {.number = item->number, .last = *last});
    }
    const Token* behind = scene.token(at + 1);
    if (protocol.empty() && behind != nullptr && is_protocol(behind->lower)) {
        Item named = *item;
        named.more = behind->lower;
        take(out, at + 2, named);
    }
}

void ports(const Scene& scene, std::size_t at, Out out) {
    struct Way {
        Taken taken{};
        std::string protocol{}; ///< said before a port, it holds for those behind
    };
    std::vector<Taken> first;
    port(scene, at, first);
    std::vector<Way> open;
    for (Taken& one : first) {
        open.push_back({.taken = std::move(one)});
    }
    for (std::size_t i = 0; i < open.size() && scene.steps > 0; ++i) {
        --scene.steps;
        out.push_back(open[i].taken);
        auto next = after_separator(scene, open[i].taken.end);
        const Token* beside = word_at(scene, open[i].taken.end);
        if (!next && beside != nullptr && has_only(beside->text, "")) {
            next = open[i].taken.end; // "80 443"
        }
        if (!next) {
            continue;
        }
        std::string protocol = open[i].protocol;
        for (const Token* token = scene.token(*next);
             token != nullptr &&
             (is_protocol(token->lower) || token->is("port") || token->is("ports"));
             token = scene.token(*next)) {
            protocol = is_protocol(token->lower) ? token->lower : protocol;
            ++*next;
        }
        std::vector<Taken> more;
        port(scene, *next, more);
        for (Taken& one : more) {
            Item item = one.items.front();
            item.more = item.more.empty() ? protocol : item.more;
            Way way{.taken = open[i].taken, .protocol = protocol};
            way.taken.end = one.end;
            way.taken.items.push_back(std::move(item));
            open.push_back(std::move(way));
        }
    }
}

void protocol(const Scene& scene, std::size_t at, Out out) {
    const auto is_both = [&](std::size_t from) {
        const Token* one = scene.token(from);
        const Token* other = scene.token(from + 2);
        const Token* joint = scene.token(from + 1);
        return one != nullptr && other != nullptr && is_protocol(one->lower) &&
               is_protocol(other->lower) && one->lower != other->lower &&
               (joint->is("and") || joint->is("&"));
    };
    const Token* token = word_at(scene, at);
    if (token == nullptr) {
        return;
    }
    if (is_both(at)) {
        take(out, at + 3, {.text = "both"});
    } else if (is_protocol(token->lower)) {
        take(out, at + 1, {.text = token->lower});
    } else if (token->is("tcp/udp") || token->is("udp/tcp") || token->is("tcp+udp")) {
        take(out, at + 1, {.text = "both"});
    }
}

/// The kernel's own names begin so: none of NixOS does.
bool is_of_kernel(std::string_view text) {
    static constexpr std::array<std::string_view, 6> roots{"fs.",  "vm.",   "net.",
                                                           "dev.", "user.", "kernel."};
    return std::any_of(roots.begin(), roots.end(),
                       [&](std::string_view root) { return text.starts_with(root); });
}

void sysctl(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token != nullptr && is_of_kernel(token->text) && has_only(token->text, "._-") &&
        token->text.back() != '.') {
        take(out, at + 1, {.text = token->text});
    }
}

void option(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr || token->text.ends_with(".nix") || is_of_kernel(token->text)) {
        return;
    }
    const std::string& text = token->text;
    const auto path = proposals::OptionPath::parse(
        text.starts_with("config.") ? std::string_view(text).substr(7) : text);
    const bool unit = path && path->parts().size() == 2 && path->parts()[1] == "service";
    if (path && path->parts().size() >= 2 && !unit) {
        take(out, at + 1, {.text = path->str()});
    }
}

void value(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token == nullptr) {
        return;
    }
    if (token->is("[")) {
        proposals::Strings list;
        for (std::size_t i = at + 1; i < scene.size() && list.size() < 64; ++i) {
            const Token& one = scene.tokens[i];
            if (one.is("]")) {
                return take(out, i + 1, {.more = "list", .value = proposals::Value(list)});
            }
            if (one.mark) {
                return;
            }
            list.push_back(one.text);
        }
        return;
    }
    if (token->mark) {
        return;
    }
    using proposals::Value;
    static constexpr std::array<std::string_view, 4> also{"no", "off", "on", "yes"};
    const bool odd = std::find(also.begin(), also.end(), token->lower) != also.end();
    Item item{.text = token->text, .more = token->quoted ? "quoted" : ""};
    const auto number = core::parse_integer(token->text);
    if (token->quoted) {
        item.value = Value(token->text);
    } else if (token->lower == "true" || token->lower == "false") {
        item.value = Value(token->lower == "true");
    } else if (token->lower == "null") {
        item.value = Value(proposals::Null{});
    } else if (number) {
        item.value = Value(*number);
    } else if (odd || (!is_reserved(token->lower) && has_only(token->text, "-_./:@+,%~"))) {
        item.value = Value(token->text);
        item.more = "bare";
    } else {
        return;
    }
    take(out, at + 1, std::move(item));
}

void nothing(const Scene&, std::size_t at, Out out) {
    take(out, at, Item{});
}

void setting(const Scene& scene, std::size_t at, Out out) {
    std::vector<Taken> path;
    option(scene, at, path);
    const Token* to = scene.token(at + 1);
    if (path.empty() || to == nullptr || !(to->is("to") || to->is("="))) {
        return;
    }
    std::vector<Taken> values;
    value(scene, at + 2, values);
    for (Taken& one : values) {
        Item item = one.items.front();
        item.text = path.front().items.front().text;
        take(out, one.end, std::move(item));
    }
}

void text(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token != nullptr && token->quoted && !token->text.empty()) {
        take(out, at + 1, {.text = token->text});
    }
}

} // namespace agentd::planners::goal::slot
