#include "agentd/stages/news.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/lock_graph.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::stages {

namespace {

using core::Json;
using evaluator::LockGraph;
using proposals::InputNews;

constexpr std::size_t most = 64;

/// Of a part of a node; "" for what is no plain word.
std::string word(const Json& node, const char* part, const char* key) {
    const auto object = node.find(part);
    const auto it =
        object == node.end() || !object->is_object() ? Json::const_iterator{} : object->find(key);
    const bool there = object != node.end() && object->is_object() && it != object->end();
    const std::string text = there && it->is_string() ? it->get<std::string>() : "";
    constexpr std::string_view also = "-._~:/%+=?&";
    const bool plain = text.size() <= 300 && std::all_of(text.begin(), text.end(), [&](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || also.find(c) != also.npos;
                       });
    return plain ? text : "";
}

std::int64_t time_of(const Json& node) {
    const Json locked = node.value("locked", Json::object());
    const auto it = locked.is_object() ? locked.find("lastModified") : locked.end();
    return it != locked.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

std::string revision(const Json& node) {
    const std::string rev = word(node, "locked", "rev");
    return rev.empty() ? word(node, "locked", "narHash") : rev;
}

bool is_revision(const std::string& text) {
    return (text.size() == 40 || text.size() == 64) &&
           text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string place_of(const Json& node) {
    const std::string owner = word(node, "locked", "owner");
    return owner.empty() ? word(node, "locked", "url") : owner + "/" + word(node, "locked", "repo");
}

/// A page of the forge; only where its address follows from the kind of the
/// input.
std::string compare_page(const Json& node, const std::string& from, const std::string& to) {
    const std::string type = word(node, "locked", "type");
    const std::string host = word(node, "locked", "host");
    std::string place = place_of(node);
    for (auto at = place.find("%2F"); at != place.npos; at = place.find("%2F")) {
        place.replace(at, 3, "/");
    }
    if (!is_revision(from) || !is_revision(to) || place.find('/') == place.npos ||
        place.find_first_of("?&:%") != place.npos || host.find_first_of("/?&%") != host.npos) {
        return "";
    }
    const auto base = [&](const char* usual) {
        return "https://" + (host.empty() ? usual : host) + "/" + place;
    };
    return type == "github"      ? base("github.com") + "/compare/" + from + "..." + to
           : type == "gitlab"    ? base("gitlab.com") + "/-/compare/" + from + "..." + to
           : type == "sourcehut" ? base("git.sr.ht") + "/log/" + to // it has none that compares
                                 : "";
}

/// Of nixpkgs: a line like `25.11`, where its tree is in the store.
std::string release_of(const Json& node) {
    const auto path = evaluator::source_path(word(node, "locked", "narHash"));
    if (!path || word(node, "locked", "repo") != "nixpkgs") {
        return "";
    }
    try { // `.version` of its top may be a link
        const auto text = core::read_file_if_exists(path->str() + "/lib/.version", 64);
        const std::string line(core::trim(text.value_or("")));
        return line.size() <= 16 && line.find_first_not_of("0123456789.") == line.npos ? line : "";
    } catch (const core::Failure&) {
        return "";
    }
}

InputNews news_of(const std::string& name, const Json* was, const Json& is) {
    InputNews out{.name = core::printable(core::shorten(name, 100)),
                  .to = revision(is),
                  .after = time_of(is),
                  .branch = word(is, "original", "ref"),
                  .place = place_of(is),
                  .release = release_of(is)};
    if (was != nullptr) {
        out.from = revision(*was);
        out.before = time_of(*was);
        out.release_before = release_of(*was);
        out.compare = place_of(*was) == out.place && out.from != out.to
                          ? compare_page(is, out.from, out.to)
                          : "";
    }
    return out;
}

} // namespace

std::vector<InputNews> input_news(std::string_view before, std::string_view after) {
    const auto old_lock = LockGraph::read(before);
    const auto new_lock = LockGraph::read(after);
    std::vector<InputNews> out;
    if (!new_lock) {
        return out;
    }
    const Json was = old_lock ? LockGraph::inputs(old_lock->root()) : Json::object();
    const Json is = LockGraph::inputs(new_lock->root());
    for (const auto& [name, edge] : is.items()) {
        const Json* now = edge.is_string() ? new_lock->node(edge.get<std::string>()) : nullptr;
        const Json at = was.value(name, Json());
        const Json* then = at.is_string() ? old_lock->node(at.get<std::string>()) : nullptr;
        if (now != nullptr && out.size() < most && revision(*now) != "" &&
            (then == nullptr || revision(*then) != revision(*now))) {
            out.push_back(news_of(name, then, *now));
        }
    }
    return out;
}

} // namespace agentd::stages
