// Digests over rows: all of them, and those that name blobs.
#include "agentd/core/crypto.hpp"
#include "store/queries.hpp"
#include "store/row_reading.hpp"

namespace agentd::store {

namespace {

void add_table(Database& database, const std::string& table, core::Sha256& hash) {
    // Sorted by every column: the order in which rows were written must not show.
    const auto columns =
        Statement(database.prepare("SELECT * FROM " + table + " LIMIT 0")).columns();
    std::string order;
    for (int i = 1; i <= columns; ++i) {
        order += (i > 1 ? "," : "") + std::to_string(i);
    }
    hash.update("table " + table + " " + std::to_string(columns) + "\n");
    Statement rows = database.prepare("SELECT * FROM " + table + " ORDER BY " + order);
    while (rows.step()) {
        for (int i = 0; i < columns; ++i) {
            hash.update(rows.tagged(i));
        }
        hash.update("\n");
    }
}

} // namespace

core::Digest Queries::row_digest() const {
    std::vector<std::string> tables;
    Statement names = database_->prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                         "name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name");
    while (names.step()) {
        tables.push_back(names.text(0));
    }
    core::Sha256 hash;
    for (const std::string& table : tables) {
        add_table(*database_, table, hash);
    }
    return hash.finish();
}

std::set<core::Digest> Queries::live_blobs() const {
    Statement rows = database_->prepare(
        "SELECT patch_blob FROM proposal UNION SELECT diff_blob FROM proposal "
        "UNION SELECT log_blob FROM evidence "
        "UNION SELECT effects_blob FROM revision UNION SELECT effects_sha256 FROM revision "
        "UNION SELECT closure_manifest_sha256 FROM revision "
        "UNION SELECT verdict_blob FROM decision UNION SELECT page_sha256 FROM decision "
        "UNION SELECT effects_sha256 FROM adopted UNION SELECT effects_blob FROM adopted "
        "UNION SELECT effects_sha256 FROM decision UNION SELECT statement_sha256 FROM approval");
    std::set<core::Digest> out;
    while (rows.step()) {
        if (const auto text = rows.optional_text(0)) {
            out.insert(stored(core::Digest::parse(*text), "digest"));
        }
    }
    return out;
}

} // namespace agentd::store
