import Compatibility
import PluginLoading
import PluginRegistry

extension HostTable { var tally: CallTally { CallTally() } }
