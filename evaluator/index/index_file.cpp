#include "evaluator/index/index_file.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/nix_scripts.hpp"

#include <cctype>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// `hostName` -> `host Name`, `allowedTCPPorts` -> `allowed TCP Ports`; "" where there is one
/// alone.
std::string humps(std::string_view word) {
    std::string out;
    bool several = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const bool begins =
            i > 0 && is_upper(word[i]) &&
            (!is_upper(word[i - 1]) || (i + 1 < word.size() && !is_upper(word[i + 1])));
        several = several || begins;
        out += begins ? " " : "";
        out += word[i];
    }
    return several ? out : std::string();
}

} // namespace

IndexedOption read_option(const store::Statement& row) {
    IndexedOption out{.path = row.text(0),
                      .description = row.text(2),
                      .default_text = row.text(3),
                      .example = row.text(4),
                      .new_name = row.text(6),
                      .hidden = row.integer(7) != 0,
                      .own = row.integer(8) != 0,
                      .read_only = row.integer(9) != 0};
    if (const auto type = core::parse_json(row.text(1), {.bytes = 1U << 20, .depth = 32})) {
        out.type = option_type_from_json(*type);
    }
    const std::string declared = row.text(5);
    for (const auto& file : core::split(declared, '\n')) {
        if (!file.empty()) {
            out.declared.emplace_back(file);
        }
    }
    return out;
}

std::string index_schema() {
    static const auto digest = core::sha256(index_script).hex();
    return "agentd.index/4 " + digest;
}

void make_tables(store::Database& database, bool cut) {
    database.execute(
        "CREATE TABLE about(schema TEXT NOT NULL, cut INTEGER NOT NULL) STRICT;"
        "CREATE TABLE option(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, type TEXT NOT NULL,"
        " description TEXT NOT NULL, default_text TEXT NOT NULL, example TEXT NOT NULL,"
        " declared TEXT NOT NULL, new_name TEXT NOT NULL, hidden INTEGER NOT NULL,"
        " own INTEGER NOT NULL, read_only INTEGER NOT NULL) STRICT;"
        "CREATE VIRTUAL TABLE option_words USING fts5(name, words, doc, content='',"
        " tokenize=\"porter unicode61 separators '._-<>*'\", prefix='2 3');"
        "CREATE TABLE package(id INTEGER PRIMARY KEY, attribute TEXT NOT NULL UNIQUE,"
        " pname TEXT NOT NULL, version TEXT NOT NULL) STRICT;"
        "CREATE TABLE host(name TEXT NOT NULL) STRICT;"
        "CREATE TABLE part(user TEXT NOT NULL, whole INTEGER NOT NULL) STRICT;"
        "CREATE TABLE place(user TEXT NOT NULL, what TEXT NOT NULL, file TEXT NOT NULL,"
        " inside INTEGER NOT NULL, name TEXT NOT NULL) STRICT;"
        "CREATE VIRTUAL TABLE package_words USING fts5(name, words, content='',"
        " tokenize=\"unicode61 separators '._-'\", prefix='2 3');");
    database.run("INSERT INTO about VALUES (?,?)", index_schema(), cut);
}

void write_option(store::Database& database, const IndexedOption& option) {
    std::string declared;
    for (const auto& file : option.declared) {
        declared += file + "\n";
    }
    database.run("INSERT OR IGNORE INTO option(path, type, description, default_text, example,"
                 " declared, new_name, hidden, own, read_only) VALUES (?,?,?,?,?,?,?,?,?,?)",
                 option.path,
                 to_json(option.type).dump(-1, ' ', false, Json::error_handler_t::replace),
                 option.description, option.default_text, option.example, declared, option.new_name,
                 option.hidden, option.own, option.read_only);
    if (database.changes() == 1 && !option.hidden) {
        database.run("INSERT INTO option_words(rowid, name, words, doc)"
                     " SELECT id, path, ?, description FROM option WHERE path = ?",
                     words_of_name(option.path), option.path);
    }
}

void write_package(store::Database& database, const IndexedPackage& package) {
    database.run("INSERT OR IGNORE INTO package(attribute, pname, version) VALUES (?,?,?)",
                 package.attribute, package.pname, package.version);
    if (database.changes() == 1) {
        database.run("INSERT INTO package_words(rowid, name, words)"
                     " SELECT id, attribute, ? FROM package WHERE attribute = ?",
                     package.pname + " " + words_of_name(package.attribute), package.attribute);
    }
}

std::string words_of_name(std::string_view name) {
    std::string out;
    for (const auto& part : core::split(name, '.')) {
        if (const auto more = humps(part); !more.empty()) {
            out += (out.empty() ? "" : " ") + more;
        }
    }
    return out;
}

std::vector<std::string> words_of_query(std::string_view query) {
    constexpr std::size_t most_words = 8;
    constexpr std::size_t most_letters = 32;
    std::vector<std::string> out;
    std::string word;
    for (std::size_t i = 0; i <= query.size() && i <= 512; ++i) {
        if (i < query.size() && is_word(query[i])) {
            word += query[i];
            continue;
        }
        if (!word.empty() && out.size() < most_words) {
            out.push_back(core::to_lower(word.substr(0, most_letters)));
        }
        word.clear();
    }
    return out;
}

} // namespace agentd::evaluator
