#include "evaluator/index/make_index.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/evaluation_refusal.hpp"
#include "evaluator/index/index_file.hpp"
#include "evaluator/nix_message.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/nix_scripts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace agentd::evaluator {
namespace {

using core::Json;

constexpr std::size_t most_packages = 262'144;
constexpr std::size_t most_options = 131'072;
constexpr std::size_t most_path = 512;
constexpr std::size_t most_text = 2048;
constexpr std::size_t most_files = 8;

const Json& list_at(const Json& object, const char* key) {
    static const Json empty = Json::array();
    const auto it = object.is_object() ? object.find(key) : object.end();
    return it != object.end() && it->is_array() ? *it : empty;
}

std::string text_at(const Json& row, const char* key, std::size_t most = most_text) {
    const auto it = row.find(key);
    return it != row.end() && it->is_string()
               ? core::shorten(without_colours(it->get_ref<const std::string&>()), most)
               : std::string();
}

bool flag_at(const Json& row, const char* key) {
    const auto it = row.find(key);
    return it != row.end() && *it == true;
}

/// A tag of DocBook, which manuals were written in once; `<name>` is none.
bool is_tag(std::string_view tag) {
    static constexpr std::array tags{"option",      "literal",  "filename",       "command",
                                     "link",        "xref",     "para",           "note",
                                     "warning",     "envar",    "citerefentry",   "refentrytitle",
                                     "manvolnum",   "emphasis", "programlisting", "itemizedlist",
                                     "listitem",    "varname",  "variablelist",   "varlistentry",
                                     "term",        "package",  "replaceable",    "code",
                                     "simplelist",  "member",   "important",      "screen",
                                     "orderedlist", "quote",    "systemitem",     "prompt"};
    if (tag.starts_with('/')) {
        tag.remove_prefix(1);
    }
    const auto name = tag.substr(0, tag.find_first_of(" \n\t/"));
    return std::find(tags.begin(), tags.end(), name) != tags.end();
}

/// `<option>a.b</option>` is `a.b`; and white space of any kind is one blank.
std::string in_a_line(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = text[i] == '<' ? text.find('>', i) : text.npos;
        const bool blank = text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
        if (end != text.npos && end - i < 160 && is_tag(text.substr(i + 1, end - i - 1))) {
            i = end;
        } else if (!blank) {
            out += text[i];
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    return std::string(core::trim(out));
}

/// "Alias of {option}`services.new`." and its older spelling, of a renamed option.
std::string new_name_in(std::string_view description) {
    constexpr std::string_view start = "Alias of ";
    const auto text = in_a_line(description);
    std::string_view rest = text;
    if (!rest.starts_with(start)) {
        return {};
    }
    rest.remove_prefix(start.size());
    constexpr std::string_view role = "{option}";
    if (rest.starts_with(role)) {
        rest.remove_prefix(role.size());
    }
    std::string name(rest.substr(0, rest.find_first_of(" \n")));
    std::erase(name, '`');
    while (name.ends_with('.')) {
        name.pop_back();
    }
    return proposals::OptionPath::parse(name) ? name : std::string();
}

/// A file where it is declared, as people name it: of the flake `./web.nix`, of another source what
/// follows its store path.
std::string place_of(const std::string& file, const std::string& root) {
    if (!root.empty() && file.starts_with(root + "/")) {
        return "." + file.substr(root.size());
    }
    constexpr std::string_view store = "/nix/store/";
    const auto end = file.starts_with(store) ? file.find('/', store.size()) : std::string::npos;
    return end == std::string::npos ? file : file.substr(end + 1);
}

std::optional<IndexedOption> option_of(const Json& row, const std::string& root) {
    IndexedOption out{.path = row.is_object() ? text_at(row, "p", most_path) : ""};
    if (out.path.empty()) {
        return std::nullopt;
    }
    out.type = option_type_from_json(row.value("t", Json()));
    out.type.free = out.type.free || flag_at(row, "f");
    const auto description = text_at(row, "s");
    out.description = in_a_line(description);
    out.default_text = in_a_line(text_at(row, "v"));
    out.example = in_a_line(text_at(row, "x"));
    out.hidden = flag_at(row, "h");
    out.read_only = flag_at(row, "r");
    out.new_name = out.hidden ? new_name_in(description) : "";
    for (const auto& file : list_at(row, "w")) {
        if (file.is_string() && out.declared.size() < most_files) {
            auto text = without_colours(file.get_ref<const std::string&>());
            std::erase(text, '\n');
            out.declared.push_back(core::shorten(place_of(text, root), most_path));
            out.own = out.own || out.declared.back().starts_with("./");
        }
    }
    return out;
}

std::optional<IndexedPackage> package_of(const Json& row) {
    const auto text = [&](std::size_t i) {
        return row[i].is_string()
                   ? core::shorten(without_colours(row[i].get_ref<const std::string&>()), 256)
                   : std::string();
    };
    if (!row.is_array() || row.size() != 3 || text(0).empty()) {
        return std::nullopt;
    }
    return IndexedPackage{text(0), text(1), text(2)};
}

/// A name that no other writer has, of this process or another.
std::string half_of(const std::string& file) {
    static std::atomic<unsigned> count = 0;
    return file + std::string(half_made) + std::to_string(::getpid()) + "." +
           std::to_string(++count);
}

/// A search for a word that thousands have looks at the first of them only: those whose names are
/// short, as people mean them.
template <class NameOf>
std::vector<const Json*> short_names_first(const Json& list, const NameOf& name_of) {
    using Key = std::pair<std::size_t, std::string_view>;
    std::vector<std::pair<Key, const Json*>> rows;
    for (const Json& row : list) {
        const auto* name = name_of(row);
        const auto* text = name == nullptr ? nullptr : name->template get_ptr<const std::string*>();
        rows.emplace_back(text == nullptr ? Key{} : Key{text->size(), *text}, &row);
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const Json*> out;
    for (const auto& [key, row] : rows) {
        out.push_back(row);
    }
    return out;
}

const Json* option_name(const Json& row) {
    const auto it = row.is_object() ? row.find("p") : row.end();
    return it != row.end() ? &*it : nullptr;
}

const Json* package_name(const Json& row) {
    return row.is_array() && !row.empty() ? &row.front() : nullptr;
}

void fill(store::Database& database, const Json& answer) {
    const auto root = text_at(answer, "root", most_path);
    const auto& options = list_at(answer, "options");
    store::Transaction all(database);
    make_tables(database, options.size() > most_options);
    std::size_t count = 0;
    for (const Json* row : short_names_first(options, option_name)) {
        if (const auto option = option_of(*row, root); option && ++count <= most_options) {
            write_option(database, *option);
        }
    }
    count = 0;
    for (const Json* row : short_names_first(list_at(answer, "packages"), package_name)) {
        if (const auto package = package_of(*row); package && ++count <= most_packages) {
            write_package(database, *package);
        }
    }
    write_places(database, answer);
    all.commit();
}

} // namespace

void write_index(const Json& answer, const std::string& file) {
    const std::string half = half_of(file);
    try {
        store::Database database(half, store::Access::write);
        database.execute("PRAGMA synchronous = OFF");
        fill(database, answer);
        database.execute("PRAGMA journal_mode = DELETE");
    } catch (...) {
        for (const char* part : {"", "-wal", "-shm"}) {
            std::error_code ignored;
            std::filesystem::remove(half + part, ignored);
        }
        throw;
    }
    std::filesystem::rename(half, file);
}

core::Result<core::Done> make_index(const Nix& nix, const FlakeSource& source,
                                    const core::HostName& host, const std::string& file,
                                    std::stop_token stop) {
    const auto ask = [&](bool detailed, bool located) {
        return ask_flake(nix, source, index_script,
                         {{"host", nix_string(host.str())},
                          {"detailed", detailed ? "true" : "false"},
                          {"located", located ? "true" : "false"}},
                         stop, {.read_only = true, .any_text = true});
    };
    const auto failed = [](const FlakeAsked& asked) {
        const auto* refused = std::get_if<EvaluationRefused>(&asked);
        return refused != nullptr && refused->problem.code == "evaluation_failed";
    };
    auto asked = ask(true, true);
    // One package, example or condition that throws what tryEval cannot catch ends the look into
    // all of them; names and types remain.
    asked = failed(asked) ? ask(false, true) : std::move(asked);
    asked = failed(asked) ? ask(false, false) : std::move(asked);
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    if (answer->value->contains("unknown_host")) {
        return unknown_host(host, host_names(*answer->value)).problem;
    }
    write_index(*answer->value, file);
    return core::Done{};
}

} // namespace agentd::evaluator
