// A patch against the tree of the intake corpus: all of it is understood and fits, or a refusal.
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/proposals/intake_base.hpp"

#include "proposals/intake.hpp"
#include "proposals/intake_path.hpp"

using namespace agentd;
using namespace agentd::proposals;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const test::IntakeBase base;
    const auto taken = take_patch(fuzz::view_of(data, size), base);
    fuzz::hold_refusal(taken);
    if (!taken) {
        return 0;
    }
    fuzz::hold(!taken->empty(), "what is taken changes something");
    std::vector<FileEdit> edits;
    for (const IntakeFile& file : *taken) {
        const FileEdit& edit = file.edit;
        fuzz::hold(check_path(edit.path, {}).has_value(), "a path is one that may be touched");
        fuzz::hold(edit.mode == FileMode::file || edit.mode == FileMode::executable,
                   "what is taken is a plain file");
        const auto here = base.find(edit.path);
        fuzz::hold(edit.bytes || here, "what goes was there");
        fuzz::hold(!edit.bytes || !here || here->mode != edit.mode ||
                       base.read(edit.path) != edit.bytes,
                   "a file that is named changes");
        edits.push_back(edit);
    }
    // The same rules hold for the same files, however they come.
    const auto again = take_edits(std::move(edits), base);
    fuzz::hold(again && *again == *taken, "files are judged as the patch that makes them");
    return 0;
}
