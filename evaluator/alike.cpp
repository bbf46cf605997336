#include "evaluator/alike.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "evaluator/derivation_text.hpp"
#include "evaluator/lock.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace agentd::evaluator {

namespace {

constexpr std::size_t most_derivations = 100'000;
constexpr std::size_t most_depth = 2'000;
constexpr std::size_t hash_size = 32;
constexpr std::string_view store = "/nix/store/";

/// Letters of the hash of a store path.
bool is_of_hash(char c) {
    return (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z' && c != 'e' && c != 'o' && c != 't' && c != 'u');
}

std::string hash_of(std::string_view path) {
    return path.starts_with(store) ? std::string(path.substr(store.size(), hash_size))
                                   : std::string();
}

/// Behind the hash of a store path.
std::string_view name_of(std::string_view path) {
    const auto before = store.size() + hash_size + 1;
    return path.size() > before ? path.substr(before) : std::string_view();
}

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Every `what` that is no part of a longer word becomes `by`.
std::string replaced(std::string text, const std::string& what, std::string_view by) {
    for (auto at = text.find(what); !what.empty() && at != std::string::npos;
         at = text.find(what, at)) {
        const auto end = at + what.size();
        const bool whole =
            (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
        if (whole) {
            text.replace(at, what.size(), by);
        }
        at += whole ? by.size() : what.size();
    }
    return text;
}

using Parsed = std::map<std::string, DerivationText>;

/// Everything that a derivation is made of, by path; nullopt where something cannot be read.
std::optional<std::set<std::string>> closure_of(const std::string& top, const ReadDerivation& read,
                                                Parsed& parsed) {
    std::set<std::string> found{top};
    std::vector<std::string> open{top};
    while (!open.empty()) {
        const std::string path = std::move(open.back());
        open.pop_back();
        auto known = parsed.find(path);
        if (known == parsed.end()) {
            const auto text = parsed.size() < most_derivations ? read(path) : std::nullopt;
            auto one = text ? DerivationText::parse(*text) : std::nullopt;
            if (!one) {
                return std::nullopt;
            }
            known = parsed.emplace(path, std::move(*one)).first;
        }
        for (const auto& input : known->second.inputs) {
            if (found.insert(input.path).second) {
                open.push_back(input.path);
            }
        }
    }
    return found;
}

/// One side: says of each derivation what it is, in words in which the source has no name.
class Side {
  public:
    Side(const MadeHost& host, const Parsed& parsed, const std::set<std::string>& shared)
        : host_(host), parsed_(parsed), shared_(shared) {
        names_.emplace(hash_of(host.source), "SOURCE");
    }

    /// nullopt where it goes too deep.
    std::optional<std::string> of(const std::string& path, std::size_t depth = 0) {
        if (shared_.count(path) > 0) {
            return path;
        }
        if (const auto known = done_.find(path); known != done_.end()) {
            return known->second;
        }
        if (depth > most_depth) {
            return std::nullopt;
        }
        const DerivationText& text = parsed_.at(path);
        std::vector<std::string> inputs;
        for (const auto& input : text.inputs) {
            const auto said = of(input.path, depth + 1);
            if (!said) {
                return std::nullopt;
            }
            std::string line = *said;
            for (const auto& output : input.outputs) {
                line += '!' + output;
            }
            inputs.push_back(std::move(line));
        }
        return done_.emplace(path, said(text, std::move(inputs))).first->second;
    }

  private:
    /// Of all of the source, under whatever name: its content is in the hash of its path.
    bool is_copy(const std::string& path) const {
        const auto copied = source_path(host_.nar_hash, name_of(path));
        return copied && copied->str() == path;
    }

    std::string said(const DerivationText& text, std::vector<std::string> inputs) {
        std::sort(inputs.begin(), inputs.end());
        core::Sha256 digest;
        const auto add = [&](std::string_view kind, const std::string& part) {
            digest.update(std::string(kind) + std::to_string(part.size()) + ":" + part);
        };
        for (const auto& source : text.sources) {
            if (is_copy(source)) {
                names_.emplace(hash_of(source), "COPY");
            }
        }
        for (const auto& output : text.outputs) {
            names_[hash_of(output.path)] = "SELF!" + output.name;
        }
        std::vector<std::string> sources;
        for (const auto& source : text.sources) {
            sources.push_back(plain(source));
        }
        std::sort(sources.begin(), sources.end());
        for (const auto& source : sources) {
            add("source", source);
        }
        for (const auto& input : inputs) {
            add("input", input);
        }
        for (const auto& output : text.outputs) {
            add("output", output.name + ":" + plain(output.path) + ":" + output.rest);
        }
        for (const auto& each : text.texts) {
            add("text", plain(each));
        }
        const std::string hex = digest.finish().hex();
        for (const auto& output : text.outputs) {
            names_[hash_of(output.path)] = hex + "!" + output.name;
        }
        return hex;
    }

    std::string plain(const std::string& text) const {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const bool begins = is_of_hash(text[at]) && (at == 0 || !is_of_hash(text[at - 1]));
            const auto known =
                begins ? names_.find(std::string_view(text).substr(at, hash_size)) : names_.end();
            if (known == names_.end() || known->first.empty()) {
                out += text[at++];
            } else {
                out += '<' + known->second + '>';
                at += hash_size;
            }
        }
        out = replaced(std::move(out), host_.nar_hash, "<NAR>");
        out = replaced(std::move(out), host_.revision, "<COMMIT>");
        return replaced(std::move(out), host_.revision.substr(0, 7), "<COMMIT-7>");
    }

    const MadeHost& host_;
    const Parsed& parsed_;
    const std::set<std::string>& shared_;
    std::map<std::string, std::string, std::less<>> names_{}; ///< by the hash of a store path
    std::map<std::string, std::string> done_{};
};

} // namespace

std::optional<std::string> read_derivation(const std::string& path) {
    const auto parsed = core::StorePath::parse(path);
    if (!parsed || !parsed->is_derivation()) {
        return std::nullopt;
    }
    try {
        return core::read_file(path, DerivationText::most_bytes);
    } catch (const core::Failure&) {
        return std::nullopt;
    }
}

Likeness likeness(const MadeHost& one, const MadeHost& other, const ReadDerivation& read) {
    Parsed parsed;
    const auto here = closure_of(one.drv.str(), read, parsed);
    const auto there = here ? closure_of(other.drv.str(), read, parsed) : std::nullopt;
    if (!there || one.source.empty() || other.source.empty()) {
        return Likeness::unknown;
    }
    std::set<std::string> shared;
    std::set_intersection(here->begin(), here->end(), there->begin(), there->end(),
                          std::inserter(shared, shared.end()));
    const auto said = Side(one, parsed, shared).of(one.drv.str());
    const auto told = Side(other, parsed, shared).of(other.drv.str());
    if (!said || !told) {
        return Likeness::unknown;
    }
    return *said == *told ? Likeness::same : Likeness::other;
}

} // namespace agentd::evaluator
