#include "agentd/observers/all.hpp"

#include "agentd/observers/disk.hpp"
#include "agentd/observers/etc.hpp"
#include "agentd/observers/generations.hpp"
#include "agentd/observers/graphics.hpp"
#include "agentd/observers/inputs.hpp"
#include "agentd/observers/journal.hpp"
#include "agentd/observers/links.hpp"
#include "agentd/observers/parts.hpp"
#include "agentd/observers/ports.hpp"
#include "agentd/observers/reboot.hpp"
#include "agentd/observers/store.hpp"
#include "agentd/observers/time_sync.hpp"
#include "agentd/observers/units.hpp"

namespace agentd::observers {

std::vector<std::unique_ptr<Observer>> all_observers(const Knowledge& knowledge) {
    std::vector<std::unique_ptr<Observer>> all;
    all.push_back(std::make_unique<Links>());
    all.push_back(std::make_unique<Generations>(knowledge.profile));
    all.push_back(std::make_unique<Reboot>());
    all.push_back(std::make_unique<Units>(knowledge.services));
    all.push_back(std::make_unique<Etc>());
    all.push_back(std::make_unique<Store>(knowledge));
    all.push_back(std::make_unique<Inputs>(knowledge.lock_file));
    all.push_back(std::make_unique<Disk>());
    all.push_back(std::make_unique<Ports>());
    all.push_back(std::make_unique<TimeSync>());
    all.push_back(std::make_unique<Journal>());
    all.push_back(std::make_unique<Graphics>());
    all.push_back(std::make_unique<Parts>(knowledge));
    return all;
}

} // namespace agentd::observers
