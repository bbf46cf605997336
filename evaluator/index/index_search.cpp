#include "agentd/core/text.hpp"
#include "evaluator/index/index_file.hpp"
#include "evaluator/index/index_state.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace agentd::evaluator {
namespace {

using Words = std::vector<std::string>;

/// What people call a thing, and what options call it.
struct Synonym {
    std::string_view said;
    std::string_view meant;
};
constexpr std::array synonyms{Synonym{"ssh", "openssh"},         Synonym{"sshd", "openssh"},
                              Synonym{"tz", "timezone"},         Synonym{"wifi", "wireless"},
                              Synonym{"wlan", "wireless"},       Synonym{"postgres", "postgresql"},
                              Synonym{"dns", "nameservers"},     Synonym{"language", "locale"},
                              Synonym{"keyboard", "keymap"},     Synonym{"garbage", "gc"},
                              Synonym{"upgrade", "autoupgrade"}, Synonym{"update", "autoupgrade"},
                              Synonym{"journal", "journald"},    Synonym{"log", "journald"},
                              Synonym{"cron", "timers"},         Synonym{"admin", "wheel"},
                              Synonym{"vpn", "wireguard"},       Synonym{"apache", "httpd"},
                              Synonym{"sudo", "wheel"},          Synonym{"fstab", "filesystems"},
                              Synonym{"motd", "banner"},         Synonym{"docker", "podman"},
                              Synonym{"time", "timezone"},       Synonym{"folder", "directory"},
                              Synonym{"start", "enable"},        Synonym{"mount", "filesystems"}};

/// FTS5: each word, or what it may mean, as the beginning of one.
std::string match_of(const Words& words, std::string_view between) {
    std::string out;
    for (const auto& word : words) {
        std::string any = "\"" + word + "\"*";
        for (const auto& synonym : synonyms) {
            if (synonym.said == word) {
                any += " OR \"" + std::string(synonym.meant) + "\"*";
            }
        }
        out += (out.empty() ? "(" : " " + std::string(between) + " (") + any + ")";
    }
    return out;
}

bool means(std::string_view part, const std::string& word) {
    return std::any_of(synonyms.begin(), synonyms.end(),
                       [&](const Synonym& s) { return s.said == word && s.meant == part; });
}

/// How well a name answers the words: whole parts before parts of parts, short before long.
double fit_of_name(std::string_view name, const Words& words) {
    const std::string lower = core::to_lower(name);
    const auto parts = core::split(lower, '.');
    const auto within = core::split(std::string_view(name), '.');
    double out = -0.04 * static_cast<double>(name.size()) - 0.8 * static_cast<double>(parts.size());
    std::size_t answered = 0;
    for (const auto& word : words) {
        double best = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool last = i + 1 == parts.size();
            if (parts[i] == word) {
                best = std::max(best, last ? 7.0 : 6.0);
            } else if (means(parts[i], word)) {
                best = std::max(best, last ? 5.5 : 4.5);
            } else if (parts[i].starts_with(word)) {
                best = std::max(best, 3.5);
            } else if (parts[i].find(word) != parts[i].npos) {
                const auto humped = core::to_lower(words_of_name(within[i]));
                const bool whole = (" " + humped + " ").find(" " + word) != std::string::npos;
                best = std::max(best, whole ? 3.0 : 1.5);
            }
        }
        out += best;
        answered += best > 0 ? 1 : 0;
    }
    std::string joined;
    for (const auto& word : words) {
        joined += word;
    }
    if (words.size() > 1 && std::find(parts.begin(), parts.end(), joined) != parts.end()) {
        out += 4.0; // `host name` is hostName
    }
    const bool all = answered == words.size();
    const bool turns_on = parts.back() == "enable" && parts.size() > 1;
    return out + (all ? 3.0 : 0.0) + (all && turns_on ? 3.5 : 0.0);
}

struct Hit {
    std::int64_t id = 0;
    double score = 0;
    std::string name{};
};

// Ranking costs half a microsecond a row: of a word that thousands have, the 2,000 of the shortest
// names are ranked (make_index.cpp), and the 200 best of those are looked at.

/// Hits of one question to FTS5, each with its score; `sql` gives id, name, minus rank in
/// thousandths, and whether it is the flake's own.
void gather(store::Database& database, std::string_view sql, const std::string& match,
            const Words& words, std::vector<Hit>& out) {
    auto row = database.prepare(sql);
    row.bind(match);
    while (row.step()) {
        const auto id = row.integer(0);
        if (std::none_of(out.begin(), out.end(), [&](const Hit& hit) { return hit.id == id; })) {
            auto name = row.text(1);
            const double score = 0.25 * static_cast<double>(row.integer(2)) / 1000 +
                                 fit_of_name(name, words) + (row.integer(3) != 0 ? 1.0 : 0.0);
            out.push_back({.id = id, .score = score, .name = std::move(name)});
        }
    }
}

std::vector<Hit> best(store::Database& database, std::string_view sql, std::string_view query,
                      std::size_t limit) {
    const auto words = words_of_query(query);
    std::vector<Hit> hits;
    if (words.empty()) {
        return hits;
    }
    gather(database, sql, match_of(words, "AND"), words, hits);
    if (hits.size() < limit && words.size() > 1) {
        gather(database, sql, match_of(words, "OR"), words, hits);
    }
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return a.score != b.score ? a.score > b.score : a.name < b.name;
    });
    hits.resize(std::min(hits.size(), limit));
    return hits;
}

} // namespace

std::vector<IndexedOption> OptionIndex::search(std::string_view words, std::size_t limit) const {
    auto& database = state_->database;
    const auto hits =
        best(database,
             "SELECT o.id, o.path, CAST(-1000 * hit.rank AS INTEGER), o.own FROM"
             " (SELECT id, rank FROM (SELECT rowid AS id, bm25(option_words, 8.0, 8.0, 1.0) AS rank"
             "   FROM option_words WHERE option_words MATCH ? ORDER BY rowid LIMIT 2000)"
             "  ORDER BY rank LIMIT 200) hit CROSS JOIN option o ON o.id = hit.id",
             words, limit);
    std::vector<IndexedOption> out;
    for (const auto& hit : hits) {
        auto row = database.prepare("SELECT" + std::string(option_columns) +
                                    "FROM option o WHERE o.id = ?");
        row.bind(hit.id);
        if (row.step()) {
            out.push_back(read_option(row));
        }
    }
    return out;
}

std::vector<IndexedPackage> OptionIndex::search_packages(std::string_view words,
                                                         std::size_t limit) const {
    auto& database = state_->database;
    const auto hits =
        best(database,
             "SELECT p.id, p.attribute, CAST(-1000 * hit.rank AS INTEGER), 0 FROM"
             " (SELECT id, rank FROM (SELECT rowid AS id, bm25(package_words) AS rank"
             "   FROM package_words WHERE package_words MATCH ? ORDER BY rowid LIMIT 2000)"
             "  ORDER BY rank LIMIT 200) hit CROSS JOIN package p ON p.id = hit.id",
             words, limit);
    std::vector<IndexedPackage> out;
    for (const auto& hit : hits) {
        if (auto found = package(hit.name)) {
            out.push_back(std::move(*found));
        }
    }
    return out;
}

} // namespace agentd::evaluator
