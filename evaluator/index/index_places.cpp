// Where the flake's own files take part: written by who asked Nix, read by who makes a map.
#include "evaluator/index/index_file.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/nix_message.hpp"
#include "proposals/nix_text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;
using proposals::map::EvaluatedFile;
using proposals::map::EvaluatedHost;

constexpr std::size_t most_path = 1024;
constexpr std::size_t most_rows = 262'144;
constexpr std::size_t most_names = 4096;

const Json& part_of(const Json& value, std::size_t at) {
    static const Json none;
    return value.is_array() && at < value.size() ? value[at] : none;
}

const Json& part_of(const Json& value, const char* key) {
    static const Json none;
    const auto found = value.is_object() ? value.find(key) : value.end();
    return value.is_object() && found != value.end() ? *found : none;
}

/// What is there, if it is a list, and else an empty one.
const Json& list(const Json& value) {
    static const Json none = Json::array();
    return value.is_array() ? value : none;
}

/// One line of at most so many bytes; anything else is left out, for half a path is another one.
std::string text_of(const Json& value, std::size_t most) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->size() > most) {
        return {};
    }
    std::string out = without_colours(*text);
    return out.find('\n') == out.npos ? out : std::string();
}

struct Place {
    std::string file{};
    bool inside{}; ///< a module that stands in it: `FILE, via option x`, `FILE#nixosModules.x`
};

Place place_of(const Json& value) {
    Place out{.file = text_of(value, most_path)};
    for (const std::string_view mark : {", via ", "#"}) {
        const auto at = out.file.find(mark);
        out.inside = out.inside || at != out.file.npos;
        out.file.resize(std::min(at, out.file.size()));
    }
    return out;
}

class Writer {
  public:
    explicit Writer(store::Database& database) : database_(database) {}

    void part(const std::string& user, const Json& modules) {
        database_.run("INSERT INTO part VALUES (?,?)", user, modules.is_array());
        for (const Json& module : list(modules)) {
            const auto by = place_of(part_of(part_of(module, 1), std::size_t{0}));
            row(user, "module", place_of(part_of(module, std::size_t{0})), by.file);
        }
    }

    /// `option` is of the answer: `l` are definitions, or null; `declared` its declarations.
    void option(const std::string& user, const Json& option, const std::vector<Place>& declared) {
        const std::string path = text_of(part_of(option, "p"), most_path);
        if (path.empty()) {
            return;
        }
        for (const Place& place : declared) {
            row(user, "declares", place, path);
        }
        const bool told = option.contains("l");
        const Json& definitions = part_of(option, "l");
        if (told && definitions.is_null()) {
            row(user, "unknown", {}, path);
        }
        for (const Json& each : list(definitions)) {
            const Place place = place_of(part_of(each, std::size_t{0}));
            row(user, "defines", place, path);
            for (const Json& name : list(part_of(each, 1))) {
                if (const auto text = text_of(name, most_path); !text.empty()) {
                    row(user, "defines", place, path + "." + proposals::nix_name(text));
                }
            }
        }
    }

  private:
    void row(const std::string& user, const char* what, const Place& at, const std::string& name) {
        if (++rows_ <= most_rows) {
            database_.run("INSERT INTO place VALUES (?,?,?,?,?)", user, what, at.file, at.inside,
                          name);
        }
    }

    store::Database& database_;
    std::size_t rows_{};
};

/// Of absolute ones those of the flake's source; with no `source` they are told by it already.
std::vector<Place> declared_in(const Json& option, const std::string& source) {
    std::vector<Place> out;
    for (const Json& file : list(part_of(option, "w"))) {
        const std::string text = text_of(file, most_path + source.size());
        if ((text + "/").starts_with(source)) {
            out.push_back(place_of(Json(text.substr(std::min(source.size(), text.size())))));
        }
    }
    return out;
}

void add(EvaluatedHost& out, const store::Statement& row) {
    auto& part = out.parts[row.text(0)];
    const std::string what = row.text(1);
    const std::string name = row.text(4);
    if (what == "unknown") {
        part.unknown.insert(name);
        return;
    }
    EvaluatedFile& file = part.files[row.text(2)];
    const bool inside = row.integer(3) != 0;
    file.inside = file.inside || inside;
    file.module = file.module || !inside;
    if (what == "defines") {
        file.sets.insert(name);
    }
    file.declares = file.declares || what == "declares";
    file.by = what == "module" && file.by.empty() ? name : file.by;
}

} // namespace

void write_places(store::Database& database, const Json& answer) {
    if (!answer.contains("modules")) {
        return;
    }
    std::size_t count = 0;
    for (const Json& host : list(part_of(answer, "hosts"))) {
        if (const auto name = text_of(host, 256); !name.empty() && ++count <= most_names) {
            database.run("INSERT INTO host VALUES (?)", name);
        }
    }
    Writer write(database);
    write.part("", part_of(answer, "modules"));
    const std::string source = text_of(part_of(answer, "source"), most_path);
    for (const Json& option : list(part_of(answer, "options"))) {
        write.option("", option, declared_in(option, source));
    }
    const Json homes = answer.value("homes", Json::object());
    for (const auto& [user, home] : homes.items()) {
        const Json& his = part_of(home, "options");
        if (user.empty() || user.size() > 256 || !his.is_array()) {
            continue;
        }
        write.part(user, part_of(home, "modules"));
        for (const Json& option : his) {
            write.option(user, option, declared_in(option, ""));
        }
    }
}

std::optional<EvaluatedHost> read_places(store::Database& database) {
    EvaluatedHost out;
    auto part = database.prepare("SELECT user, whole FROM part");
    while (part.step()) {
        out.parts[part.text(0)].whole = part.integer(1) != 0;
    }
    if (out.parts.empty()) {
        return std::nullopt;
    }
    auto host = database.prepare("SELECT name FROM host");
    while (host.step()) {
        out.hosts.push_back(host.text(0));
    }
    auto row = database.prepare("SELECT user, what, file, inside, name FROM place");
    while (row.step()) {
        add(out, row);
    }
    return out;
}

} // namespace agentd::evaluator
