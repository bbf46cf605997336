// Slots of phrases: what fits them.
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/check.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

struct Slot {
    std::string_view name{};
    std::string_view words{};
    SlotReader read{};
};

constexpr auto table = std::to_array<Slot>({
    {"address", "an address like 1.1.1.1", slot::address},
    {"branch", "a branch", slot::branch},
    {"category", "a kind of packages", slot::category},
    {"clock", "a time of day like 4am", slot::clock},
    {"domain", "the name of a site", slot::domain},
    {"duration", "a time like 30d", slot::duration},
    {"email", "an address of mail", slot::email},
    {"file", "a file of the repository", slot::file},
    {"folder", "a folder of the repository", slot::folder},
    {"group", "a group", slot::name},
    {"host", "a host", slot::host},
    {"hostgroup", "a kind of hosts", slot::host_group},
    {"input", "a flake input", slot::name},
    {"knowngroup", "a group", slot::known_group},
    {"knownservice", "a service or program", slot::known_service},
    {"knowninput", "an input of the flake", slot::known_input},
    {"leaf", "the last name of an option", slot::leaf},
    {"sysctl", "a setting of the kernel", slot::sysctl},
    {"key", "a public SSH key", slot::key},
    {"knownhost", "a host of the flake", slot::known_host},
    {"knownuser", "a user of home-manager", slot::known_user},
    {"locale", "a locale like en_GB.UTF-8", slot::locale},
    {"module", "a module of the repository", slot::module},
    {"name", "a name", slot::name},
    {"nothing", "", slot::nothing},
    {"newmodule", "a name for the module", slot::new_module},
    {"number", "a number", slot::number},
    {"option", "an option like services.nginx.enable", slot::option},
    {"package", "a package", slot::package},
    {"path", "an absolute path", slot::path},
    {"percent", "a number", slot::percent},
    {"port", "a port", slot::port},
    {"ports", "a port", slot::ports},
    {"protocol", "tcp or udp", slot::protocol},
    {"reason", "what for", slot::reason},
    {"service", "a service or program", slot::service},
    {"setting", "an option with its value", slot::setting},
    {"size", "a size like 500M", slot::size},
    {"store", "a place for backups like ssh://backup@nas/./repo", slot::store},
    {"template", "a template of the repository", slot::other_flake},
    {"text", "a text in quotes", slot::text},
    {"upstream", "a port, or an address with one", slot::upstream},
    {"url", "the address of a flake", slot::url},
    {"user", "a user", slot::name},
    {"value", "a value", slot::value},
    {"word", "a word", slot::name},
    {"zone", "a time zone like Europe/Berlin", slot::zone},
});

struct Plural {
    std::string_view name{};
    std::string_view one{};
};
constexpr auto plurals = std::to_array<Plural>({{"packages", "package"},
                                                {"services", "service"},
                                                {"users", "user"},
                                                {"groups", "group"},
                                                {"hosts", "host"},
                                                {"knownhosts", "knownhost"},
                                                {"modules", "module"},
                                                {"inputs", "input"},
                                                {"values", "value"},
                                                {"settings", "setting"},
                                                {"words", "word"},
                                                {"paths", "path"},
                                                {"keys", "key"},
                                                {"addresses", "address"},
                                                {"knowngroups", "knowngroup"},
                                                {"knowninputs", "knowninput"},
                                                {"options", "option"}});

const Slot& slot_of(std::string_view name) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Slot& one) { return one.name == name; });
    AGENTD_CHECK(found != table.end());
    return *found;
}

const Plural* plural_of(std::string_view name) {
    const auto found = std::find_if(plurals.begin(), plurals.end(),
                                    [&](const Plural& one) { return one.name == name; });
    return found == plurals.end() ? nullptr : &*found;
}

/// Two packages of the host side by side: "ripgrep fd".
bool are_side_by_side(const Scene& scene, const Slot& slot, const Taken& taken) {
    const CatalogView* catalog = scene.around.catalog;
    const Token* next = slot::nameable(scene, taken.end);
    return catalog != nullptr && next != nullptr && slot.read == slot::package &&
           catalog->has_package(taken.items.back().text) && catalog->has_package(next->text);
}

std::vector<Taken> read_list(const Scene& scene, const Slot& slot, std::size_t at) {
    std::vector<Taken> out;
    std::vector<Taken> open;
    slot.read(scene, at, open);
    while (!open.empty() && scene.steps > 0) {
        std::vector<Taken> next;
        for (Taken& taken : open) {
            --scene.steps;
            const auto behind = are_side_by_side(scene, slot, taken)
                                    ? taken.end
                                    : after_separator(scene, taken.end);
            std::vector<Taken> more;
            if (behind) {
                slot.read(scene, *behind, more);
            }
            for (Taken& one : more) {
                Items items = taken.items;
                items.insert(items.end(), one.items.begin(), one.items.end());
                next.push_back({.end = one.end, .items = std::move(items)});
            }
            out.push_back(std::move(taken));
            if (scene.steps == 0) {
                return out;
            }
        }
        open = std::move(next);
    }
    return out;
}

} // namespace

std::optional<std::size_t> after_separator(const Scene& scene, std::size_t at) {
    static constexpr std::array<std::string_view, 5> joins{",", ";", "and", "&", "plus"};
    static constexpr std::array<std::string_view, 5> soft{"the", "a", "an", "also", "both"};
    const std::size_t begin = at;
    const auto is_one_of = [&](const auto& words) {
        const Token* token = scene.token(at);
        return token != nullptr && !token->quoted &&
               std::find(words.begin(), words.end(), token->lower) != words.end();
    };
    while (is_one_of(joins)) {
        ++at;
    }
    if (at == begin || at - begin > 2) {
        return std::nullopt;
    }
    while (is_one_of(soft)) {
        ++at;
    }
    return at;
}

std::vector<Taken> read_slot(const Scene& scene, std::string_view slot, std::size_t at) {
    if (const Plural* plural = plural_of(slot)) {
        return read_list(scene, slot_of(plural->one), at);
    }
    std::vector<Taken> out;
    slot_of(slot).read(scene, at, out);
    return out;
}

std::string_view slot_words(std::string_view slot) {
    const Plural* plural = plural_of(slot);
    return slot_of(plural == nullptr ? slot : plural->one).words;
}

namespace slot {

void take(Out out, std::size_t end, Item item) {
    out.push_back({.end = end, .items = {std::move(item)}});
}

void take_text(Out out, std::size_t end, std::string text) {
    take(out, end, Item{.text = std::move(text)});
}

const Token* nameable(const Scene& scene, std::size_t at) {
    const Token* token = scene.token(at);
    const bool fits = token != nullptr && !token->mark && !token->text.empty() &&
                      (token->quoted || !is_reserved(token->lower));
    return fits ? token : nullptr;
}

const Token* word_at(const Scene& scene, std::size_t at) {
    const Token* token = scene.token(at);
    return token != nullptr && !token->mark && !token->text.empty() ? token : nullptr;
}

bool has_only(std::string_view text, std::string_view more) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               more.find(c) != std::string_view::npos;
    });
}

} // namespace slot

} // namespace agentd::planners::goal
